import type { CompiledPact, Effect, Fact, JsonObject, Tool } from '@plumbline/core';

/** What an action is about: its tool, and what this very call does to the world. */
export type Subject = {
  readonly tool: Tool;
  readonly isDeclared: boolean;
  readonly effect: Effect;
  readonly isOpenWorld: boolean;
  readonly isIrreversible: boolean;
};

/** The facts of one decision: the values of the fresh ones by name. */
export type FreshFacts = ReadonlyMap<string, JsonObject>;

/** Returns the facts that are fresh at `now`. Source: spec/decide.md, section "Conditions". */
export function freshFacts(pact: CompiledPact, facts: readonly Fact[], now: number): FreshFacts {
  const fresh = facts.filter((fact) => {
    const declared = pact.facts.get(fact.name)?.maxAgeMs ?? Infinity;
    const age = now - fact.observedAtMs;
    return age >= 0 && age <= Math.min(fact.maxAgeMs, declared);
  });
  return new Map(fresh.map(({ name, value }) => [name, value]));
}

/** Returns what an action through a tool is about. Source: spec/decide.md, section "Action". */
export function subjectOf(pact: CompiledPact, name: string, facts: FreshFacts): Subject {
  const declared = pact.tools.get(name) ?? builtin(name);
  const tool = declared ?? plainTool(name, 'unlisted', { isOpenWorld: true, reversible: 'no' });
  const whole = {
    tool,
    isDeclared: declared !== undefined,
    effect: tool.effect ?? 'send',
    isOpenWorld: tool.isOpenWorld,
    isIrreversible: tool.reversible === 'no',
  };
  if (tool.effect !== null) return whole;
  return { ...whole, ...parsedEffect(facts.get('command')) };
}

function parsedEffect(
  command: JsonObject | undefined,
): Partial<Pick<Subject, 'effect' | 'isOpenWorld' | 'isIrreversible'>> {
  const effect = command?.['effect'];
  if (effect !== 'read' && effect !== 'write' && effect !== 'send') {
    return { effect: 'send', isOpenWorld: true, isIrreversible: true };
  }
  const reversible = command?.['reversible'];
  return { effect, isIrreversible: reversible !== 'yes' && reversible !== 'partly' };
}

function builtin(name: string): Tool | undefined {
  if (name === 'output.message') return plainTool(name, 'output', {});
  if (name === 'output.answer') return plainTool(name, 'output', { effect: 'read' });
  return name.startsWith('handoff.') ? plainTool(name, 'handoff', {}) : undefined;
}

function plainTool(name: string, category: string, more: Partial<Tool>): Tool {
  return {
    name,
    effect: 'send',
    effectFrom: null,
    category,
    isOpenWorld: false,
    trust: { byDefault: 'trusted', trusted: [], untrusted: [], format: 'text' },
    reversible: 'yes',
    undo: null,
    undoArgs: [],
    money: null,
    tier: 'standard',
    sensitive: [],
    records: null,
    touches: [],
    entity: null,
    schema: null,
    ...more,
  };
}
