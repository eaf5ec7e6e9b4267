/** Any JSON value as `JSON.parse` returns it. Source: RFC 8259. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; keys are unique by construction of the parser. */
export type JsonObject = { readonly [key: string]: Json };

/** Returns whether the value is a JSON object (not an array, not null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the JSON that a text is, or undefined where it is none. */
export function parsedJson(text: string): Json | undefined {
  try {
    // What `JSON.parse` returns is JSON.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
