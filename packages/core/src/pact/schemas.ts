import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { problem } from './diagnostic.ts';
import type { Diagnostic, Place } from './diagnostic.ts';

/** The length, in UTF-16 units, beyond which a list of tools is refused. */
const MAX_TEXT = 8 * 1024 * 1024;

/**
 * Returns the argument schemas of a JSON list of tools, by tool name: the answer of MCP
 * `tools/list`, its `tools` member, or a list of OpenAI functions.
 */
export function parseSchemas(
  text: string,
  file: string,
): Result<ReadonlyMap<string, JsonObject>, Diagnostic> {
  const fail = (message: string, place: Partial<Place> = {}): Result<never, Diagnostic> =>
    err(problem({ code: 'bad-schema', place: { file, line: 1, column: 1, ...place }, message }));
  if (text.length > MAX_TEXT) return fail(`larger than ${MAX_TEXT} characters: split the list`);
  const parsed = parseJson(text);
  if (!parsed.ok) return fail(parsed.error.message, parsed.error.at);
  const value = isJsonObject(parsed.value) ? parsed.value['tools'] : parsed.value;
  if (!Array.isArray(value)) return fail('expected a JSON list of tools');
  const schemas = new Map<string, JsonObject>();
  for (const [index, item] of value.entries()) {
    const entry = schemaOf(item);
    if (entry === null) return fail(`tool ${index + 1} of the list lacks a name or a schema`);
    schemas.set(entry.name, entry.schema);
  }
  return ok(schemas);
}

type JsonFault = { readonly message: string; readonly at: Partial<Place> };

function parseJson(text: string): Result<Json, JsonFault> {
  try {
    // What JSON.parse returns is JSON; its type does not say so.
    return ok(JSON.parse(text) as Json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = /line (\d+) column (\d+)/.exec(error.message);
    const place = at === null ? {} : { line: Number(at[1]), column: Number(at[2]) };
    return err({ message: 'not JSON: expected the answer of `tools/list`', at: place });
  }
}

function schemaOf(item: Json): { readonly name: string; readonly schema: JsonObject } | null {
  if (!isJsonObject(item)) return null;
  const tool = isJsonObject(item['function']) ? item['function'] : item;
  const { name } = tool;
  const schema = tool['inputSchema'] ?? tool['input_schema'] ?? tool['parameters'] ?? {};
  return typeof name === 'string' && isJsonObject(schema) ? { name, schema } : null;
}
