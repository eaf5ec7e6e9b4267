import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** Returns the text of a message's content: text, or the text parts of a list, one per line. */
export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const parts: readonly Json[] = content;
  return parts.map(partText).filter(Boolean).join('\n');
}

const partTypes: ReadonlySet<unknown> = new Set(
  (
    'text input_text output_text refusal image image_url input_image file input_file audio ' +
    'input_audio document'
  ).split(' '),
);

/**
 * Returns a tool's result: text or the text of content parts, and any other JSON as it is, so that
 * what a tool returned as an object or a list is never lost.
 */
export function resultContent(content: Json | undefined): Json {
  if (content === undefined || content === null) return '';
  if (typeof content === 'string' || !(Array.isArray(content) && isParts(content))) return content;
  return contentText(content);
}

function isParts(items: readonly Json[]): boolean {
  return items.every((item) => isJsonObject(item) && partTypes.has(item['type']));
}

function partText(part: Json): string {
  if (typeof part === 'string') return part;
  if (!isJsonObject(part) || part['type'] === 'tool_result') return '';
  const text = part['text'] ?? part['content'] ?? part['refusal'];
  return typeof text === 'string' ? text : '';
}

/**
 * Returns a Responses-style record as Chat Completions messages: `instructions`, then the items of
 * `input` and `output`. Null when the record has no `input`.
 */
export function responsesMessages(record: JsonObject): readonly Json[] | null {
  const { instructions, input, output } = record;
  const first = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  if (!Array.isArray(first)) return null;
  const items: readonly Json[] = [...first, ...(Array.isArray(output) ? output : [])];
  const system = typeof instructions === 'string' ? instructions : '';
  return [{ role: 'system', content: system }, ...items.flatMap(itemMessages)];
}

/** Items neither messages nor calls (reasoning, hosted tools) say nothing to the kernel. */
function itemMessages(item: Json): readonly Json[] {
  if (!isJsonObject(item)) return [item];
  switch (item['type']) {
    case 'function_call':
      return [callMessage(item['call_id'], item, { arguments: item['arguments'] ?? null })];
    case 'custom_tool_call':
      return [callMessage(item['call_id'], item, { arguments: { input: item['input'] ?? '' } })];
    case 'mcp_call':
      return [
        callMessage(item['id'], item, { arguments: item['arguments'] ?? null }),
        resultMessage(item['id'], item['output'], item['error']),
      ];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [resultMessage(item['call_id'], item['output'])];
    case 'message':
    case undefined:
      return [item];
    default:
      return [{ role: 'assistant', content: null }];
  }
}

function callMessage(id: Json | undefined, item: JsonObject, body: JsonObject): Json {
  const called = { name: item['name'] ?? null, ...body };
  return { role: 'assistant', tool_calls: [{ id: id ?? null, function: called }] };
}

function resultMessage(id: Json | undefined, content: Json = null, error: Json = null): Json {
  return { role: 'tool', tool_call_id: id ?? null, content, error };
}

/** One content block of Anthropic's Messages that is a call (`tool_use`) or a result. */
export type Block =
  | { readonly kind: 'call'; readonly id: Json; readonly name: Json; readonly args: Json }
  | {
      readonly kind: 'result';
      readonly id: Json;
      readonly content: Json;
      readonly isError: boolean;
    };

/** Returns the calls and results among a message's content blocks, in order. */
export function blocksIn(content: Json | undefined): readonly Block[] {
  const parts: readonly Json[] = Array.isArray(content) ? content : [];
  return parts.flatMap((part): Block[] => {
    if (!isJsonObject(part)) return [];
    const { type, id = null, name = null, input = null, content: told = null } = part;
    if (type === 'tool_use') return [{ kind: 'call', id, name, args: input }];
    if (type !== 'tool_result') return [];
    const isError = part['is_error'] === true;
    return [{ kind: 'result', id: part['tool_use_id'] ?? null, content: told, isError }];
  });
}
