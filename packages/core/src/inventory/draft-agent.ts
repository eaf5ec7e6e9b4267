import { jsonOf, listOf, nameOf, scalar } from '../pact/draft/names.ts';
import { readTool } from '../pact/draft/reading.ts';
import type { DraftTool } from '../pact/draft/request.ts';
import { briefSchema, isDeclarable } from '../pact/draft/settle.ts';
import { isAddress } from '../pact/scalars.ts';
import { judgeTool, type ToolJudgement } from './judge-tool.ts';

/** What a first pact of an agent is drafted from. */
export type AgentDraft = {
  readonly agent: string;
  readonly owner?: string;
  /** Its tools as the pact names them: behind the prefix of their server. */
  readonly tools: readonly DraftTool[];
};

type Judged = {
  readonly tool: DraftTool;
  readonly judgement: ToolJudgement;
  readonly category: string;
};

type Lines = readonly string[];

/**
 * Returns the text of a conservative first pact, which loads: what reads is allowed, what changes
 * something waits for a person each time, and what nobody can judge is excluded. Comments say why,
 * and what is left for its owner to decide.
 *
 * Source: docs/inventory.md, section "Drafting".
 */
export function draftForAgent(asked: AgentDraft): string {
  const declarable = new Map<string, DraftTool>();
  for (const tool of asked.tools) {
    if (isDeclarable(tool.name) && !declarable.has(tool.name)) declarable.set(tool.name, tool);
  }
  const judged = [...declarable.values()].map((tool) => {
    return { tool, judgement: judgeTool(tool), category: readTool(tool, []).category };
  });
  const lost = asked.tools.filter(({ name }) => !isDeclarable(name)).length;
  const parts: readonly Lines[] = [
    headLines(asked, judged, lost),
    toolLines(judged),
    allowLines(judged),
    excludeLines(judged),
    stepUpLines(judged),
  ];
  const texts = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function isRead({ judgement }: Judged): boolean {
  return judgement.effect === 'read' && judgement.isSure;
}

function isChange({ judgement }: Judged): boolean {
  return judgement.effect !== 'read' && judgement.isSure;
}

function isUnknown({ judgement }: Judged): boolean {
  return !judgement.isSure;
}

function headLines({ agent, owner }: AgentDraft, judged: readonly Judged[], lost: number): Lines {
  const isNamed = owner !== undefined && isAddress(owner);
  const isQuiet = !judged.some(isChange) && !judged.some(({ judgement }) => judgement.isOpenWorld);
  return [
    '# A first pact, drafted from what the tools say of themselves. Nobody has checked it: read',
    '# every comment, decide what is marked TODO, and try it before you publish it.',
    'pact: plumbline/v1',
    `agent: ${scalar(nameOf(agent))}`,
    '# TODO: what this agent is for, in a sentence that a stranger understands.',
    'purpose: TODO say what this agent is for.',
    ...(isNamed ? [] : ['# TODO: who answers for it, and approves what changes something.']),
    `owner: ${scalar(isNamed ? owner : 'owner@example.com')}`,
    `autonomy: ${isQuiet ? 1 : 2}`,
    '# Untrusted content, secrets and effects never meet in one session without a person.',
    'rule_of_two: step_up',
    ...(lost === 0 ? [] : [`# ${lost} tools have names that no pact can spell: they are refused.`]),
  ];
}

function toolLines(judged: readonly Judged[]): Lines {
  return judged.length === 0 ? [] : ['tools:', ...judged.flatMap(toolLine)];
}

function toolLine({ tool, judgement, category }: Judged): Lines {
  const { effect, effectFrom, isOpenWorld, reversible, money, worst, reasons, claims } = judgement;
  const schema = briefSchema(tool.inputSchema);
  const isDynamic = effectFrom !== null;
  const attributes = [
    `effect: ${isDynamic ? `from(${effectFrom})` : effect}`,
    `category: ${scalar(nameOf(category))}`,
    ...(isOpenWorld && !isDynamic ? ['open_world: true'] : []),
    'trust: untrusted',
    ...(effect === 'read' || isDynamic ? [] : [`reversible: ${reversible}`]),
    ...(money === null || isDynamic ? [] : [`money: ${scalar(money)}`]),
    ...(schema === null ? [] : [`schema: ${jsonOf(schema)}`]),
  ];
  const claimed = claims.length === 0 ? '' : `; its server claims: ${claims.join(', ')}`;
  return [
    `  # At worst it ${worst}. ${effect}: ${reasons.join('; ')}${claimed}.`,
    `  ${scalar(tool.name)}: { ${attributes.join(', ')} }`,
  ];
}

function allowLines(judged: readonly Judged[]): Lines {
  const reads = judged.filter(isRead);
  const changes = judged.filter(isChange);
  if (reads.length + changes.length === 0) return [];
  return [
    '# TODO: take out what this agent does not need. What stands nowhere here is refused.',
    'allow:',
    ...ruleLines('reads', reads),
    ...ruleLines('changes', changes, ', limit: { calls: 20, per: session }'),
  ];
}

function ruleLines(id: string, judged: readonly Judged[], rest = ''): Lines {
  if (judged.length === 0) return [];
  return [`  - { id: ${id}, tool: ${namesOf(judged)}${rest} }`];
}

function namesOf(judged: readonly Judged[]): string {
  return listOf(judged.map(({ tool }) => tool.name));
}

function excludeLines(judged: readonly Judged[]): Lines {
  const unknown = judged.filter(isUnknown);
  if (unknown.length === 0) return [];
  const say = 'nobody has said yet what this tool does';
  return [
    '# TODO: nothing tells what these do. Find out, correct their `effect` above, and move them.',
    'exclude:',
    ...ruleLines('not-judged', unknown, `, say: ${say}`),
  ];
}

function stepUpLines(judged: readonly Judged[]): Lines {
  const changes = judged.filter(isChange);
  if (changes.length === 0) return [];
  const say = 'this changes something outside the conversation, so a person has to approve it';
  return [
    '# TODO: where a person need not look each time, say under which condition (`unless`).',
    'step_up:',
    ...ruleLines('a-person-looks', changes, `, say: ${JSON.stringify(say)}`),
  ];
}
