import type { CompiledPact, Tool } from '../pact/compiled.ts';

const BUILT_IN: Omit<Tool, 'name' | 'category'> = {
  effect: 'send',
  effectFrom: null,
  isOpenWorld: false,
  trust: { byDefault: 'trusted', trusted: [], untrusted: [], format: 'text' },
  reversible: 'partly',
  undo: null,
  money: null,
  tier: 'standard',
  sensitive: [],
  records: null,
  touches: [],
  entity: null,
  schema: null,
};

const OUTPUTS: ReadonlyMap<string, Tool> = new Map(
  ['output.message', 'output.answer'].map((name) => [
    name,
    { ...BUILT_IN, name, category: 'output' },
  ]),
);

/** Returns the tool an action names: declared, or built in; null when there is none. */
export function toolOf(pact: CompiledPact, name: string): Tool | null {
  const declared = pact.tools.get(name) ?? OUTPUTS.get(name);
  if (declared !== undefined) return declared;
  return name.startsWith('handoff.') ? { ...BUILT_IN, name, category: 'handoff' } : null;
}

/** Returns the category of a tool; `unlisted` for one that no pact declares. */
export function categoryOf(tool: Tool | null): string {
  return tool?.category ?? 'unlisted';
}
