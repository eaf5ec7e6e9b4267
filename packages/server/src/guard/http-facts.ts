import { type Fact, isJsonObject, type JsonObject, parsedJson, valuesAt } from '@plumbline/core';

import type { Egress } from '../egress/egress.ts';
import type { FactSource, Lookup } from './gather.ts';
import { isShallow } from './shallow.ts';

/** Where facts are looked up, by fact name; as configured. */
export type FactPlaces = ReadonlyMap<string, { readonly url: string; readonly timeoutMs: number }>;

const MAX_ANSWER_BYTES = 65_536;

/**
 * Returns a source that asks a configured address for each fact, by POST of
 * `{fact, agent, tool, key, values}`, and takes `{value: {…}}` for an answer. A fact without an
 * address, another status than 200 and any other body are unknown.
 * Source: spec/api/README.md, section "Fact look-ups".
 */
export function httpFacts({
  places,
  egress,
  clock,
}: {
  readonly places: FactPlaces;
  readonly egress: Egress;
  readonly clock: () => number;
}): FactSource {
  return async (lookup, signal) => {
    const place = places.get(lookup.request.name);
    if (place === undefined) return null;
    // The value may be as old as the question, never younger.
    const observedAtMs = clock();
    const answer = await egress.request({
      url: place.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(questionOf(lookup)),
      timeoutMs: place.timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    if (!answer.ok || answer.value.status !== 200) return null;
    const value = valueIn(answer.value.body);
    return value === null ? null : factOf(lookup, value, { source: place.url, observedAtMs });
  };
}

function questionOf({ request, action, agent }: Lookup): JsonObject {
  const { name, key } = request;
  const values = key === null ? [] : valuesAt(action.args, key);
  return { fact: name, agent, tool: action.tool, key, values };
}

function factOf(
  { request }: Lookup,
  value: JsonObject,
  from: Pick<Fact, 'source' | 'observedAtMs'>,
): Fact {
  return { name: request.name, value, ...from, maxAgeMs: request.maxAgeMs };
}

function valueIn(body: Uint8Array): JsonObject | null {
  const parsed = parsedJson(Buffer.from(body).toString('utf8'));
  const value = isJsonObject(parsed) ? parsed['value'] : undefined;
  return isJsonObject(value) && isShallow(value) ? value : null;
}
