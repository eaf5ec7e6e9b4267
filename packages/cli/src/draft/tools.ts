import { isJsonObject, type DraftTool, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';

/**
 * Returns the tools of a list: an MCP `tools/list` answer (`{"tools": […]}`, also as a JSON-RPC
 * result), or OpenAI functions.
 *
 * Errors: `Stop` with the file and the member that is not as either says.
 */
export function readTools(text: string, file: string): readonly DraftTool[] {
  const listed = listOf(parsed(text, file));
  if (listed === null) throw new Stop('no list of tools, `{"tools": […]}` is expected', file);
  if (listed.length === 0) throw new Stop('the list of tools is empty', file);
  return listed.map((tool, index) => toolOf(tool, `${file}: tools[${index}]`));
}

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw new Stop(`not JSON (${why})`, file);
  }
}

function listOf(value: Json): readonly Json[] | null {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return null;
  const { tools, result } = value;
  if (Array.isArray(tools)) return tools;
  return isJsonObject(result) ? listOf(result) : null;
}

function toolOf(listed: Json, place: string): DraftTool {
  if (!isJsonObject(listed)) throw new Stop('is not an object', place);
  const tool = isJsonObject(listed['function']) ? listed['function'] : listed;
  const { name, description } = tool;
  if (typeof name !== 'string' || name === '') throw new Stop('`name` is not text', place);
  const schema = tool['inputSchema'] ?? tool['input_schema'] ?? tool['parameters'] ?? null;
  if (schema !== null && !isJsonObject(schema)) throw new Stop('its schema is no object', place);
  return {
    name,
    description: typeof description === 'string' ? description : '',
    inputSchema: schema,
    annotations: annotationsOf(tool['annotations']),
  };
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
