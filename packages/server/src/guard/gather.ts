import type { Action, Fact, FactRequest, JsonObject } from '@plumbline/core';

/** What a source of facts is told: the request, and what it is about. */
export type Lookup = {
  readonly request: FactRequest;
  readonly action: Action;
  readonly agent: string;
  readonly attributes: JsonObject;
};

/**
 * Looks facts up. Returns the fact, or null when this source does not know it. It must give up at
 * the signal;
 * whatever it rejects with makes the fact missing.
 */
export type FactSource = (lookup: Lookup, signal: AbortSignal) => Promise<Fact | null>;
