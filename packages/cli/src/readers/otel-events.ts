import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { attributesOf, plainValue } from './otel-values.ts';

const roles: Readonly<Record<string, string>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
};

/**
 * Returns what an event of one message tells, as the attributes of a span; null for other events.
 *
 * `gen_ai.<role>.message` becomes one of `gen_ai.input.messages`, `gen_ai.choice` one of
 * `gen_ai.output.messages`. The content stands in the event's body, or in its attributes.
 * Source: OpenTelemetry's GenAI conventions up to 1.36, which told messages by events.
 */
export function messageOfEvent(name: string, event: JsonObject): JsonObject | null {
  const isChoice = name === 'gen_ai.choice';
  const role = isChoice ? 'assistant' : roles[name];
  if (role === undefined) return null;
  const body = plainValue(event['body']);
  const given: JsonObject = isJsonObject(body) ? body : attributesOf(event['attributes']);
  const inner = membersOf(given['message']);
  const message = messageOf(role, { ...given, ...inner });
  return { [isChoice ? 'gen_ai.output.messages' : 'gen_ai.input.messages']: [message] };
}

function messageOf(role: string, told: JsonObject): JsonObject {
  const content = told['content'] ?? null;
  if (role === 'tool') {
    const id = told['id'] ?? told['tool_call_id'] ?? null;
    return { role, parts: [{ type: 'tool_call_response', id, response: content }] };
  }
  const calls = listOf(told['tool_calls']).map(callPart);
  const text = typeof content === 'string' ? [{ type: 'text', content }] : listOf(content);
  return { role, parts: [...text, ...calls] };
}

function callPart(call: Json): JsonObject {
  const given: JsonObject = isJsonObject(call) ? call : {};
  const made = membersOf(given['function']);
  return {
    type: 'tool_call',
    id: given['id'] ?? null,
    name: made['name'] ?? given['name'] ?? null,
    arguments: made['arguments'] ?? given['arguments'] ?? null,
  };
}

/** Exporters that know only text write members and lists as JSON. */
function membersOf(value: Json | undefined): JsonObject {
  const parsed = parsedText(value);
  return isJsonObject(parsed) ? parsed : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  const parsed = parsedText(value);
  return Array.isArray(parsed) ? parsed : [];
}

function parsedText(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value);
  } catch (cause) {
    if (cause instanceof SyntaxError) return value;
    throw cause;
  }
}
