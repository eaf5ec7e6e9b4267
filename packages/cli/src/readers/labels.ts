import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { fieldOf, textField } from './fields.ts';
import type { RunLabels } from './run.ts';

/**
 * Returns what a record says about itself. `prefix` stands before the field names (`replay.`).
 *
 * Errors: `Stop` at `place` when `kind` is none of the three.
 */
export function labelsOf(fields: JsonObject, place: string, prefix = ''): RunLabels {
  const text = (name: string): string | null => textField(fields, `${prefix}${name}`);
  return {
    kind: kindOf(fieldOf(fields, `${prefix}kind`), place),
    suite: text('suite') ?? 'none',
    model: text('model') ?? textField(fields, 'gen_ai.request.model') ?? 'none',
    attack: text('attack'),
    userTask: text('user_task'),
    injectionTask: text('injection_task'),
    isSolved: fieldOf(fields, `${prefix}utility`) === true,
    isReplayableAttack: fieldOf(fields, `${prefix}replayable_attack`) === true,
  };
}

/** Returns the kind of run a label names; without one a run is benign. */
export function kindOf(value: Json | undefined, place: string): RunLabels['kind'] {
  if (value === undefined || value === null) return 'benign';
  if (value === 'benign' || value === 'attack' || value === 'injection_as_user') return value;
  const given = JSON.stringify(value);
  throw new Stop(`kind is ${given}, not benign, attack or injection_as_user`, place);
}

/**
 * Returns the ordinals of the calls named by `attack_calls`, pairs of message index and call index.
 *
 * ordinals: `message:call` → the call's number in the run.
 * Errors: `Stop` at `place` when it is not a list of pairs, or a pair names no call.
 */
export function attackCallsOf(
  value: Json | undefined,
  ordinals: ReadonlyMap<string, number>,
  place: string,
): ReadonlySet<number> {
  if (value === undefined || value === null) return new Set();
  if (!Array.isArray(value)) throw new Stop('attack_calls is not a list of pairs', place);
  const calls = new Set<number>();
  for (const pair of value) {
    const call = Array.isArray(pair) ? ordinals.get(`${pair[0]}:${pair[1]}`) : undefined;
    if (call === undefined) {
      throw new Stop(`attack_calls names ${JSON.stringify(pair)}, where no call is`, place);
    }
    calls.add(call);
  }
  return calls;
}

/**
 * Returns a parsed line as a JSON object.
 *
 * Errors: `Stop` at `place` for anything else.
 */
export function objectOf(value: Json, place: string, what = 'record'): JsonObject {
  if (isJsonObject(value)) return value;
  const next = Array.isArray(value) ? ', it is a list: put each of its records on a line' : '';
  throw new Stop(`${what} is not a JSON object${next}`, place);
}
