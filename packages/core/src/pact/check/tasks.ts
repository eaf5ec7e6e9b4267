import type { Placed, TaskDocument } from '../document.ts';
import { matchesAny, matchesTool } from '../glob.ts';
import { argumentPath } from '../scalars.ts';
import { suggest } from '../suggest.ts';
import { checkArgument, toolsOf, unknown } from './context.ts';
import type { Context } from './context.ts';
import { checkTools, isKernelRule } from './rules.ts';

const SOURCES: readonly string[] = ['principal', 'session', 'agent', 'trusted', 'untrusted'];

/** What an agent says is an action that a task may list. */
const OUTPUTS: readonly string[] = ['output.*', 'output.answer', 'output.message'];

/** Checks the tasks of a layer against its tools and its `allow` rules. */
export function checkTasks(context: Context): void {
  for (const task of context.document.tasks ?? []) {
    checkTools(
      context,
      task.tools.filter(({ value }) => !OUTPUTS.includes(value)),
    );
    for (const tool of task.tools) checkIsAllowed(context, task, tool);
    for (const source of task.sources) checkSource(context, task, source);
  }
}

/** A task may only narrow: what no rule allows cannot be part of one. */
function checkIsAllowed(context: Context, task: TaskDocument, tool: Placed<string>): void {
  const names = toolsOf(context, tool.value);
  const wanted = names.length === 0 ? [tool.value] : names;
  if (names.length === 0 && !tool.value.startsWith('handoff.')) return;
  if (wanted.some((name) => isAllowed(context, name))) return;
  const message = `task \`${task.name}\` lists \`${tool.value}\`, which no \`allow\` rule names`;
  context.findings.error({ code: 'task-conflict', place: tool.place, message });
}

function isAllowed(context: Context, tool: string): boolean {
  return context.document.allow.some((rule) =>
    matchesAny(
      rule.tools.map(({ value }) => value),
      tool,
    ),
  );
}

/** A source rule's tool and argument path; the longest declared tool wins. */
export type Target = { readonly tool: string; readonly path: string };

/** Returns the tool and path of a key of `sources`, or null when no tool fits. */
export function splitTarget(tools: Iterable<string>, key: string): Target | null {
  const fitting = [...tools].filter((tool) => key.startsWith(`${tool}.`));
  const [tool] = fitting.sort((a, b) => b.length - a.length);
  if (tool === undefined) return null;
  const path = argumentPath(key.slice(tool.length + 1));
  return path === '' ? null : { tool, path };
}

function checkSource(
  context: Context,
  task: TaskDocument,
  { target, sources }: TaskDocument['sources'][number],
): void {
  const found = splitTarget(context.visible.keys(), target.value);
  if (found === null) {
    const known = [...context.visible.keys()];
    const stem = target.value.split('.').slice(0, -1).join('.');
    const hint = suggest(stem, known, ': write `<tool>.<argument>`');
    const message = `\`${target.value}\` is no argument of a declared tool${hint}`;
    context.findings.error({ code: 'unknown-tool', place: target.place, message });
    return;
  }
  if (!task.tools.some(({ value }) => matchesTool(value, found.tool))) {
    const message = `task \`${task.name}\` does not list \`${found.tool}\`: add it, or drop this`;
    context.findings.error({ code: 'task-conflict', place: target.place, message });
  }
  checkArgument(context, found.tool, { value: found.path, place: target.place });
  for (const source of sources) checkSourceName(context, source);
}

function checkSourceName(context: Context, { value, place }: Placed<string>): void {
  const [tool = '', ...field] = value.split(':');
  if (SOURCES.includes(value)) return;
  if (context.visible.has(tool) && field.length <= 1) return;
  const hint = suggest(tool, [...SOURCES, ...context.visible.keys()]);
  const message = `unknown source \`${value}\`${hint}`;
  context.findings.error({ code: 'unknown-source', place, message });
}

/** Checks that the cases of a layer name tools, tasks, rules and session fields it has. */
export function checkCases(context: Context, rules: ReadonlySet<string>): void {
  const { document, findings, session, visible } = context;
  const tasks = new Set(document.tasks?.map(({ name }) => name));
  for (const { tool, task, rule, session: attributes, place } of document.cases) {
    const isBuiltIn = /^(output|handoff)\./.test(tool.value);
    if (!isBuiltIn && !visible.has(tool.value)) {
      const known = visible.keys();
      unknown(context, tool, { code: 'unknown-tool', what: 'tool', known });
    }
    if (task !== null && !tasks.has(task)) {
      unknown(
        context,
        { value: task, place },
        { code: 'unknown-task', what: 'task', known: tasks },
      );
    }
    if (rule !== null && !rules.has(rule.value) && !isKernelRule(rule.value)) {
      unknown(context, rule, { code: 'unknown-rule', what: 'rule', known: rules });
    }
    for (const name of Object.keys(attributes)) {
      if (session.has(name)) continue;
      const hint = suggest(name, session.keys(), ': declare it under `session`');
      const message = `unknown session field \`session.${name}\`${hint}`;
      findings.error({ code: 'unknown-session-field', place, message });
    }
  }
}
