import type { CompiledPact, Layer, Tool } from '../pact/compiled.ts';

/**
 * Returns the tools whose every call may go on while nobody decides: reads of this machine that no
 * rule looks at, charges or narrows. None unless every layer of the pact says `when_away: reads`.
 *
 * Left out is what opens to the world, is sensitive, elevated, counted or touches the agent itself,
 * and what a task, a limit, an exclusion or any other rule concerns in some layer.
 * Source: spec/hooks.md, section "Away".
 */
export function awayReads(pact: CompiledPact): readonly string[] {
  if (pact.whenAway !== 'reads') return [];
  return [...pact.tools.values()]
    .filter((tool) => isPlainRead(tool) && pact.layers.every((layer) => isUntouched(layer, tool)))
    .map(({ name }) => name);
}

function isPlainRead({ effect, isOpenWorld, sensitive, tier, touches, records }: Tool): boolean {
  const isBare = sensitive.length === 0 && touches.length === 0 && records === null;
  return effect === 'read' && !isOpenWorld && tier === 'standard' && isBare;
}

function isUntouched(layer: Layer, { name }: Tool): boolean {
  const { allow, exclude, stepUp, defer, modify, duplicates } = layer.rulesFor(name);
  const isNarrowed = layer.flows.some(({ to }) => to.includes('read'));
  if (layer.tasks !== null || layer.tiers.standard !== null || isNarrowed) return false;
  if ([exclude, stepUp, defer, modify, duplicates].some((rules) => rules.length > 0)) return false;
  return allow.some(
    ({ rule: { mode, when, unless, limits, budgets } }) =>
      mode === 'enforce' &&
      when === null &&
      unless === null &&
      limits.length === 0 &&
      budgets.length === 0,
  );
}
