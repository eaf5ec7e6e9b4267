import type { CompiledPact } from '../pact/compiled.ts';
import type { Fact } from './fact.ts';

const NONE: ReadonlyMap<string, Fact> = new Map();

/**
 * Returns the fresh facts by name; of several with one name the last fresh one counts.
 * Source: spec/decide.md, section "Conditions".
 */
export function freshFacts(
  pact: CompiledPact,
  facts: readonly Fact[],
  now: number,
): ReadonlyMap<string, Fact> {
  if (facts.length === 0) return NONE;
  const fresh = new Map<string, Fact>();
  for (const fact of facts) {
    const ageMs = now - fact.observedAtMs;
    const limitMs = Math.min(fact.maxAgeMs, pact.facts.get(fact.name)?.maxAgeMs ?? Infinity);
    if (ageMs >= 0 && ageMs <= limitMs) fresh.set(fact.name, fact);
  }
  return fresh;
}
