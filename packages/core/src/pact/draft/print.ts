import { hasEffect } from './learn.ts';
import type { Lesson } from './learn.ts';
import type { Reading } from './reading.ts';
import { isAddress } from '../scalars.ts';
import type { DraftRequest } from './request.ts';
import { jsonOf, listOf, nameOf, scalar } from './names.ts';
import type { TaskScope } from './scope.ts';

/** A draft before it is text. */
export type Drafted = {
  readonly request: DraftRequest;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly lesson: Lesson;
  readonly scopes: readonly TaskScope[];
  /** What the pact calls each task and, as `use-<name>`, the rule of each tool. */
  readonly taskNames: ReadonlyMap<string, string>;
  readonly toolNames: ReadonlyMap<string, string>;
};

type Lines = readonly string[];

/** Returns a draft as YAML, every guess with its reason in a comment. */
export function printDraft(drafted: Drafted): string {
  const parts: readonly Lines[] = [
    heading(drafted),
    toolLines(drafted),
    allowLines(drafted),
    flowLines(drafted),
    taskLines(drafted),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading({ request, readings }: Drafted): Lines {
  const isReadOnly = ![...readings.values()].some(hasEffect);
  const purpose = request.purpose?.trim() ?? '';
  const isNamed = request.owner !== undefined && isAddress(request.owner);
  const owner = isNamed ? request.owner : 'owner@example.com';
  return [
    '# A draft: read every comment, correct what is guessed, then take the comments out.',
    'pact: plumbline/v1',
    `agent: ${scalar(nameOf(request.agent))}`,
    `purpose: ${scalar(purpose === '' ? 'What this agent is for, in one sentence.' : purpose)}`,
    ...(isNamed ? [] : ['# Guess: nobody was named.']),
    `owner: ${scalar(owner)}`,
    isReadOnly
      ? '# No tool changes anything.'
      : '# Some tools change things; 3 would have a person approve what cannot be undone.',
    `autonomy: ${isReadOnly ? 1 : 2}`,
    ...(request.schemas === undefined ? [] : [`schemas: ${listOf([request.schemas])}`]),
    ...sessionLines(request),
    ...(request.unlisted === undefined ? [] : [`unlisted: ${request.unlisted}`]),
  ];
}

function sessionLines({ session }: DraftRequest): Lines {
  const fields = Object.entries(session ?? {}).map(([name, type]) => `${scalar(name)}: ${type}`);
  return fields.length === 0 ? [] : [`session: { ${fields.join(', ')} }`];
}

function toolLines({ request, readings }: Drafted): Lines {
  const isInline = request.schemas === undefined;
  const lines = [...readings.values()].flatMap((reading) => toolLine(reading, isInline));
  return lines.length === 0 ? [] : ['tools:', ...lines];
}

function toolLine(reading: Reading, isInline: boolean): Lines {
  const { tool, effectWhy, effectFrom, category, isOpenWorld, isFinal, trustWhy } = reading;
  const effect = effectFrom === null ? reading.effect : `from(${effectFrom})`;
  const isStatic = effectFrom === null && effect !== 'read';
  const reversible = isStatic ? [`reversible: ${isFinal ? 'no' : 'partly'}`] : [];
  const attributes = [
    `effect: ${effect}`,
    `category: ${scalar(nameOf(category))}`,
    ...(isOpenWorld && effectFrom === null ? ['open_world: true'] : []),
    ...trustAttribute(reading),
    ...reversible,
    ...(tool.inputSchema === null || !isInline ? [] : [`schema: ${jsonOf(tool.inputSchema)}`]),
  ];
  const why = [`${effect}: ${effectWhy}`, ...(trustWhy === '' ? [] : [trustWhy])].join('; ');
  return [`  # ${why}`, `  ${scalar(tool.name)}: { ${attributes.join(', ')} }`];
}

function trustAttribute({ trust, trustWhy }: Reading): Lines {
  if (trustWhy === '') return [];
  const { byDefault, trusted, untrusted, format } = trust;
  if (trusted.length === 0 && untrusted.length === 0) return [`trust: ${byDefault}`];
  const parts = [
    `default: ${byDefault}`,
    ...(trusted.length > 0 ? [`trusted: ${listOf(trusted)}`] : []),
    ...(untrusted.length > 0 ? [`untrusted: ${listOf(untrusted)}`] : []),
    `format: ${format}`,
  ];
  return [`trust: { ${parts.join(', ')} }`];
}

function allowLines(drafted: Drafted): Lines {
  const wanted = new Set(drafted.scopes.flatMap((scope) => scope.tools));
  const isWanted = ({ tool }: Reading): boolean =>
    drafted.scopes.length === 0 || wanted.has(tool.name);
  const all = [...drafted.readings.values()];
  const reads = all.filter((reading) => !hasEffect(reading) && isWanted(reading));
  const others = all.filter((reading) => hasEffect(reading) && isWanted(reading));
  const left = all.filter((reading) => !isWanted(reading)).map(({ tool }) => tool.name);
  if (reads.length + others.length === 0) return [];
  return [
    ...(left.length === 0
      ? []
      : [`# Not allowed, because no task asks for it: ${left.join(', ')}`]),
    'allow:',
    ...(reads.length === 0
      ? []
      : [`  - { id: reads, tool: ${listOf(reads.map(({ tool }) => tool.name))} }`]),
    ...others.flatMap((reading) => allowLine(drafted, reading)),
  ];
}

function allowLine({ lesson, toolNames }: Drafted, { tool }: Reading): Lines {
  const counts = [...lesson.used.values()].map((used) => used.get(tool.name) ?? 0);
  const most = Math.max(0, ...counts);
  const calls = Math.max(10, 3 * most);
  const times = most === 1 ? 'once' : `${most} times`;
  const why = most === 0 ? 'no run called it; a first bound' : `a run called it ${times} at most`;
  const limit = `limit: { calls: ${calls}, per: session }`;
  const id = `use-${toolNames.get(tool.name) ?? nameOf(tool.name)}`;
  return [`  # ${why}`, `  - { id: ${id}, tool: ${scalar(tool.name)}, ${limit} }`];
}

/** Identifiers only strangers' content holds need a person, except where runs relay them. */
function flowLines({ readings, lesson, scopes, taskNames }: Drafted): Lines {
  if (![...readings.values()].some(({ effect }) => effect !== 'read')) return [];
  const tasks = scopes
    .filter((scope) => scope.tools.length > 0 && lesson.carried.has(scope.task.name))
    .map((scope) => taskNames.get(scope.task.name) ?? nameOf(scope.task.name));
  const names = tasks.map((name) => JSON.stringify(name)).join(', ');
  return [
    '# An address, link or number that only untrusted content holds needs a person.',
    ...(tasks.length === 0 ? [] : ['# Honest runs of the tasks below relay such content.']),
    'flows:',
    '  - id: untrusted-identifiers',
    '    from: untrusted',
    '    to: [write, send]',
    ...(tasks.length === 0 ? [] : [`    unless: ${JSON.stringify(`task in [${names}]`)}`]),
    '    then: step_up',
  ];
}

function taskLines({ request, scopes, taskNames }: Drafted): Lines {
  const asks = request.beyondGuess === 'step_up';
  const useful = scopes.filter((scope) => scope.tools.length > 0);
  if (useful.length === 0) return [];
  return [
    'tasks:',
    ...useful.flatMap((scope) => {
      const name = taskNames.get(scope.task.name) ?? nameOf(scope.task.name);
      return taskLine(scope, { name, asks: asks && !scope.isLearned });
    }),
  ];
}

function taskLine(
  { task, tools, why, sources }: TaskScope,
  { name, asks }: { readonly name: string; readonly asks: boolean },
): Lines {
  const lists = sources.map(({ target, from }) => `      ${scalar(target)}: ${listOf(from)}`);
  const called = name === task.name ? '' : `a session names it \`${name}\`; `;
  return [
    `  # ${called}${why}`,
    `  ${scalar(name)}:`,
    `    tools: ${listOf(tools)}`,
    ...(asks ? ['    otherwise: step_up # guessed, so a person decides on the rest'] : []),
    ...(lists.length === 0 ? [] : ['    sources:', ...lists]),
  ];
}
