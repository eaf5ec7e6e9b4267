import type { CompiledPact } from '@plumbline/core';

/**
 * Returns whether an agent may run under a pact: it is the one the pact names, or an instance of it
 * (`support-eu` of `support`). Each instance has a state, keys, budgets and halts of its own.
 *
 * Source: spec/entries.md, section "Folding".
 */
export function isInstanceOf(
  agent: string,
  { agent: named }: Pick<CompiledPact, 'agent'>,
): boolean {
  return agent === named || agent.startsWith(`${named}-`);
}
