import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';

/** Returns the JSON object that an option holds, empty where it was not given. Errors: `Stop`. */
export function objectIn(text: string | undefined, option: string): JsonObject {
  if (text === undefined) return {};
  try {
    // What JSON.parse returns is JSON.
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new Stop(`not JSON (${cause instanceof Error ? cause.message : ''})`, option);
  }
  throw new Stop('must be one JSON object', option);
}
