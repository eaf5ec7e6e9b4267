import type { CompiledPact, Tool } from '../pact/compiled.ts';

const BUILT_IN: Omit<Tool, 'name' | 'category'> = {
  effect: 'send',
  effectFrom: null,
  isOpenWorld: false,
  trust: { byDefault: 'trusted', trusted: [], untrusted: [], format: 'text' },
  reversible: 'partly',
  undo: null,
  undoArgs: [],
  money: null,
  tier: 'standard',
  sensitive: [],
  records: null,
  touches: [],
  entity: null,
  schema: null,
};

// An answer reaches the principal alone; a message leaves for others.
const OUTPUTS: ReadonlyMap<string, Tool> = new Map([
  ['output.message', { ...BUILT_IN, name: 'output.message', category: 'output' }],
  ['output.answer', { ...BUILT_IN, name: 'output.answer', category: 'output', effect: 'read' }],
]);

/** Returns the tool an action names: declared, or built in; null when there is none. */
export function toolOf(pact: CompiledPact, name: string): Tool | null {
  const declared = pact.tools.get(name) ?? OUTPUTS.get(name);
  if (declared !== undefined) return declared;
  return name.startsWith('handoff.') ? { ...BUILT_IN, name, category: 'handoff' } : null;
}

/** Returns whether an action is something the agent says, not something it calls. */
export function isOutput(name: string): boolean {
  return OUTPUTS.has(name);
}

/** Returns the category of a tool; `unlisted` for one that no pact declares. */
export function categoryOf(tool: Tool | null): string {
  return tool?.category ?? 'unlisted';
}
