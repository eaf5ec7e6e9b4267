import {
  type Action,
  type Fact,
  type FactRequest,
  type JsonObject,
  ordered,
} from '@plumbline/core';

import type { FactSource } from './gather.ts';

/** What facts are gathered for, and until when. */
export type Gathering = {
  readonly requests: readonly FactRequest[];
  readonly action: Action;
  readonly agent: string;
  readonly attributes: JsonObject;
  readonly sources: readonly FactSource[];
  /** After so many milliseconds whatever has not arrived is missing. */
  readonly withinMs: number;
};

/**
 * Returns the facts that arrived in time, in the order they were asked for. Of several sources
 * the first that knows a fact counts; one that fails or is late makes it missing, which the pact
 * answers. Never rejects.
 */
export async function gatherFacts(gathering: Gathering): Promise<readonly Fact[]> {
  if (gathering.requests.length === 0 || gathering.sources.length === 0) return [];
  const end = new AbortController();
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    late.resolve(null);
    end.abort(new Error('the facts were not there in time'));
  }, gathering.withinMs);
  try {
    const lookups = gathering.requests.map((request) => {
      return Promise.race([lookUp(gathering, request, end.signal), late.promise]);
    });
    const found = await Promise.all(lookups);
    const facts = found.filter((fact) => fact !== null);
    return facts.map((fact) => ({ ...fact, value: ordered(fact.value) }));
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

async function lookUp(
  { sources, action, agent, attributes }: Gathering,
  request: FactRequest,
  signal: AbortSignal,
): Promise<Fact | null> {
  for (const source of sources) {
    const fact = await ask(source, { request, action, agent, attributes }, signal);
    if (fact?.name === request.name) return fact;
  }
  return null;
}

// A source that throws or rejects has no fact: by contract that is the same as not knowing it.
async function ask(
  source: FactSource,
  lookup: Parameters<FactSource>[0],
  signal: AbortSignal,
): Promise<Fact | null> {
  try {
    return signal.aborted ? null : await source(lookup, signal);
  } catch {
    return null;
  }
}
