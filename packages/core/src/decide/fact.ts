import type { JsonObject } from '../json.ts';

/**
 * Something looked up before deciding, recorded with the decision.
 *
 * Fresh while `now - observedAtMs <= maxAgeMs` and `observedAtMs <= now`.
 */
export type Fact = {
  readonly name: string;
  readonly value: JsonObject;
  readonly source: string;
  readonly observedAtMs: number;
  readonly maxAgeMs: number;
};

/** A fact that could matter for one action; `key` is the path of the argument it is about. */
export type FactRequest = {
  readonly name: string;
  readonly key: string | null;
  readonly maxAgeMs: number;
};
