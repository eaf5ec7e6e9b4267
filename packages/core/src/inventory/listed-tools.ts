import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { DraftTool } from '../pact/draft/request.ts';
import { err, ok, type Result } from '../result.ts';

/** Why something is no list of tools; `at` names the member that is not right, where one is. */
export type NoToolList = { readonly message: string; readonly at: string | null };

/**
 * Returns the tools of a list: an MCP `tools/list` answer (`{"tools": […]}`, also as a JSON-RPC
 * result), or OpenAI functions.
 */
export function listedTools(value: Json): Result<readonly DraftTool[], NoToolList> {
  const listed = listOf(value);
  if (listed === null) return fail('no list of tools, `{"tools": […]}` is expected');
  if (listed.length === 0) return fail('the list of tools is empty');
  const tools: DraftTool[] = [];
  for (const [index, each] of listed.entries()) {
    const read = toolOf(each, `tools[${index}]`);
    if (!read.ok) return read;
    tools.push(read.value);
  }
  return ok(tools);
}

function listOf(value: Json): readonly Json[] | null {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return null;
  const { tools, result } = value;
  if (Array.isArray(tools)) return tools;
  return isJsonObject(result) ? listOf(result) : null;
}

function toolOf(listed: Json, at: string): Result<DraftTool, NoToolList> {
  if (!isJsonObject(listed)) return fail('is not an object', at);
  const tool = isJsonObject(listed['function']) ? listed['function'] : listed;
  const { name, description } = tool;
  if (typeof name !== 'string' || name === '') return fail('`name` is not text', at);
  const schema = tool['inputSchema'] ?? tool['input_schema'] ?? tool['parameters'] ?? null;
  if (schema !== null && !isJsonObject(schema)) return fail('its schema is no object', at);
  return ok({
    name,
    description: typeof description === 'string' ? description : '',
    inputSchema: schema,
    annotations: annotationsOf(tool['annotations']),
  });
}

function annotationsOf(value: Json | undefined): NonNullable<DraftTool['annotations']> {
  const hints: JsonObject = isJsonObject(value) ? value : {};
  const { readOnlyHint, destructiveHint, openWorldHint } = hints;
  return {
    ...(typeof readOnlyHint === 'boolean' && { readOnlyHint }),
    ...(typeof destructiveHint === 'boolean' && { destructiveHint }),
    ...(typeof openWorldHint === 'boolean' && { openWorldHint }),
  };
}

function fail(message: string, at: string | null = null): Result<never, NoToolList> {
  return err({ message, at });
}
