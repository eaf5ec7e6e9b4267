import type { CompiledPact, Tool } from '../pact/compiled.ts';

/** What is known of an agent before it is asked about. */
export type AgentFacts = {
  /** The armed pact; null: none. */
  readonly pact: CompiledPact | null;
  /** The paths by which it acts, as far as they are known, and what governs each. */
  readonly paths: readonly { readonly name: string; readonly governed: string | null }[];
  /** How many channels people are told by. */
  readonly channels: number;
  /** From latched to effective, of its last halt; null: it was never halted. */
  readonly lastHaltMs: number | null;
  readonly decisions: {
    readonly count: number;
    readonly isMore: boolean;
    readonly unfinished: number;
  };
  /** Whether somebody else keeps checkpoints of the log. */
  readonly isWitnessed: boolean;
};

/** One of the five questions; what is owed is null where it is answered. */
export type AgentAnswer = {
  readonly question: string;
  readonly answer: string;
  readonly owed: string | null;
};

/**
 * Returns the five questions that whoever trusts an agent asks, with their answers. What is owed is
 * trust debt.
 *
 * Source: spec/requirements.md, `fleet.inventory`.
 */
export function agentQuestions(facts: AgentFacts): readonly AgentAnswer[] {
  return [scope(facts), enforcement(facts), signals(facts), stopping(facts), record(facts)];
}

function scope({ pact }: AgentFacts): AgentAnswer {
  const question = 'what exactly may it do?';
  if (pact === null) {
    return { question, answer: 'nothing: no pact is armed', owed: 'publish a pact' };
  }
  const tools = [...pact.tools.values()];
  const allowed = tools.filter((tool) => isAllowed(pact, tool));
  const free = allowed.filter((tool) => !isAsked(pact, tool));
  const loose = free.filter(({ effect, reversible }) => effect !== 'read' && reversible === 'no');
  const answer =
    `${allowed.length} of ${tools.length} tools: ${countsOf(allowed)}; ` +
    `${free.length} of them without a person (${pact.digest})`;
  const owed = `nobody looks before what cannot be undone: ${namesOf(loose)}`;
  return { question, answer, owed: loose.length === 0 ? null : owed };
}

function isAllowed({ layers }: CompiledPact, { name }: Tool): boolean {
  return layers.every((layer) => layer.rulesFor(name).allow.length > 0);
}

function isAsked({ layers }: CompiledPact, { name }: Tool): boolean {
  return layers.some((layer) => layer.rulesFor(name).stepUp.length > 0);
}

function countsOf(tools: readonly Tool[]): string {
  const counts: readonly (readonly [string, number])[] = [
    ['read', tools.filter(({ effect }) => effect === 'read').length],
    ['change something', tools.filter(({ effect }) => effect === 'write').length],
    ['send something', tools.filter(({ effect }) => effect === 'send').length],
    ['run what they are told', tools.filter(({ effect }) => effect === null).length],
    ['move money', tools.filter(({ money }) => money !== null).length],
    ['reach the open world', tools.filter(({ isOpenWorld }) => isOpenWorld).length],
  ];
  const said = counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
  return said.length === 0 ? 'none' : said.join(', ');
}

function namesOf(tools: readonly Tool[]): string {
  const names = tools.slice(0, 5).map(({ name }) => name);
  return tools.length > 5 ? `${names.join(', ')} and ${tools.length - 5} more` : names.join(', ');
}

function enforcement({ paths }: AgentFacts): AgentAnswer {
  const question = 'how is that enforced?';
  const open = paths.filter(({ governed }) => governed === null).map(({ name }) => name);
  const governed = paths.filter((path) => path.governed !== null);
  if (governed.length === 0) {
    const owed = 'no path of it through a gateway or a hook is known on this machine';
    return { question, answer: 'not known', owed };
  }
  const answer = governed.map(({ name, governed: how }) => `${name} by ${how ?? ''}`).join(', ');
  const owed = `it can also reach, governed by nothing: ${open.join(', ')}`;
  return { question, answer, owed: open.length === 0 ? null : owed };
}

function signals({ pact, channels }: AgentFacts): AgentAnswer {
  const question = 'which signals say that it goes wrong?';
  const halting = pact?.haltOn ?? [];
  const parts = [
    halting.length === 0 ? 'no finding halts it' : `halts on ${halting.join(', ')}`,
    channels === 0 ? 'nobody is told' : `people are told by ${channels} channels`,
  ];
  const owed = [
    ...(halting.length === 0 ? ['say `halt_on` in its pact'] : []),
    ...(channels === 0 ? ['configure `notify`'] : []),
  ];
  return { question, answer: parts.join('; '), owed: owed.length === 0 ? null : owed.join('; ') };
}

function stopping({ lastHaltMs }: AgentFacts): AgentAnswer {
  const question = 'how fast does it stop?';
  return lastHaltMs === null
    ? { question, answer: 'never tried', owed: 'halt it once while it works, and resume it' }
    : { question, answer: `its last halt was effective after ${lastHaltMs} ms`, owed: null };
}

function record({ decisions, isWitnessed }: AgentFacts): AgentAnswer {
  const question = 'what record is left?';
  const { count, isMore, unfinished } = decisions;
  const more = isMore ? 'at least ' : '';
  const anchor = isWitnessed ? 'witnessed' : 'kept on this machine alone';
  const left = `${unfinished} without an outcome`;
  const answer = `${more}${count} decisions, ${left}; the log is ${anchor}`;
  const owed = [
    ...(count === 0 ? ['nothing it did was ever decided here'] : []),
    ...(isWitnessed ? [] : ['nobody else could tell if the log was rewritten: add a witness']),
  ];
  return { question, answer, owed: owed.length === 0 ? null : owed.join('; ') };
}
