import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';

/** Returns what `--attributes` attests. Errors: `Stop`. */
export function attributesIn(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  try {
    // What JSON.parse returns is JSON.
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new Stop(`not JSON (${cause instanceof Error ? cause.message : ''})`, '--attributes');
  }
  throw new Stop('must be one JSON object', '--attributes');
}
