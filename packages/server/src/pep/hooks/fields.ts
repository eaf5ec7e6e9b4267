import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import { outcomeOf } from '../mcp/tool-result.ts';

/** The longest name and id that is read; what is longer is unreadable. */
const LONGEST = 255;

/** Returns a member that is a name or an id, or null. */
export function nameIn(body: JsonObject, member: string): string | null {
  const value = body[member];
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST ? value : null;
}

/** Returns a member that is a text, or null. */
export function textIn(body: JsonObject, member: string): string | null {
  const value = body[member];
  return typeof value === 'string' ? value : null;
}

/** Returns the arguments of a call: an object, the JSON text of one, or nothing at all. */
export function argsIn(body: JsonObject, member: string): JsonObject | null {
  const value = body[member];
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  const parsed = typeof value === 'string' ? parsedJson(value) : undefined;
  return isJsonObject(parsed) ? parsed : null;
}

/**
 * Returns a tool's answer as it is recorded: content of an MCP server as the MCP gateway records
 * it, everything else as it is.
 */
export function resultOf(answer: Json | undefined): Json {
  if (answer === undefined) return null;
  if (Array.isArray(answer) && answer.length > 0 && answer.every(isBlock)) {
    return outcomeOf({ kind: 'result', result: { content: answer } }).result;
  }
  if (isJsonObject(answer) && Array.isArray(answer['content'])) {
    return outcomeOf({ kind: 'result', result: answer }).result;
  }
  return answer;
}

function isBlock(value: Json): boolean {
  return isJsonObject(value) && (typeof value['type'] === 'string' || 'text' in value);
}
