import { hash } from 'node:crypto';

import { canonical, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { ResponseBody } from './message.ts';

/** What became of a forwarded request, as the record and the memory of the session take it. */
export type Outcome = { readonly status: 'ok' | 'error'; readonly result: Json };

/**
 * Returns the outcome of a response.
 *
 * What comes in one piece is kept as it is, so that its fields have the trust the pact declares for
 * them. What comes in several pieces is one text in which no field is told: the pieces together
 * have other fields than each has, and a stranger could choose them.
 * Source: spec/mcp.md, section "Results".
 */
export function outcomeOf(body: ResponseBody): Outcome {
  if (body.kind === 'error') {
    const { message, data } = body.error;
    const pieces = data === undefined ? [message] : [message, pieceOf(data)];
    return { status: 'error', result: pieces.length === 1 ? message : joined(pieces) };
  }
  const { result } = body;
  return { status: result['isError'] === true ? 'error' : 'ok', result: contentOf(result) };
}

function contentOf(result: JsonObject): Json {
  const { content, contents, messages, structuredContent } = result;
  const blocks = [content, contents, messages].flatMap((list) => (Array.isArray(list) ? list : []));
  if (structuredContent !== undefined) {
    const others = blocks.filter((block) => !mirrors(block, structuredContent));
    if (others.length === 0) return structuredContent;
    return joined([pieceOf(structuredContent), ...others.map(pieceOf)]);
  }
  const [only] = blocks;
  const whole = blocks.length === 1 && only !== undefined ? textOf(only) : null;
  if (whole !== null) return whole;
  if (blocks.length > 0) return joined(blocks.map(pieceOf));
  const { _meta: _, resultType: __, isError: ___, content: ____, ...rest } = result;
  return Object.keys(rest).length === 0 ? null : joined([pieceOf(rest)]);
}

/** Returns the text of a block that is nothing else: of a result, a resource, or a message. */
function textOf(block: Json): string | null {
  if (!isJsonObject(block)) return null;
  const { type, text, content } = block;
  if (typeof text === 'string' && (type === 'text' || type === undefined)) return text;
  return type === undefined && content !== undefined ? textOf(content) : null;
}

/** A text that says no more than the structure, which servers add for clients that read text. */
function mirrors(block: Json, structured: Json): boolean {
  if (!isJsonObject(block) || block['type'] !== 'text') return false;
  const { text } = block;
  if (typeof text !== 'string') return false;
  if (text === structured) return true;
  if (isJsonObject(structured) && Object.values(structured).includes(text)) return true;
  try {
    // What `JSON.parse` returns is JSON.
    return canonical(JSON.parse(text) as Json) === canonical(structured);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

// Neither JSON nor YAML as it is printed begins with a tab, so nothing takes this apart again.
const SEAM = '\t\n';

function joined(pieces: readonly string[]): string {
  return `${SEAM}${pieces.join(`\n${SEAM}`)}`;
}

/** Returns one block as text: its own, or for pictures and sounds what tells them from others. */
function pieceOf(block: Json): string {
  if (typeof block === 'string') return block;
  if (!isJsonObject(block)) return JSON.stringify(block);
  const { type, text, content, resource, blob, uri } = block;
  if (type === 'text' && typeof text === 'string') return text;
  if (isJsonObject(content ?? null) && type === undefined) return pieceOf(content ?? null);
  if (type === 'resource' && isJsonObject(resource ?? null)) return pieceOf(resource ?? null);
  if (type === undefined && typeof text === 'string') return `${wordOf(uri)}\n${text}`;
  const bytes = block['data'] ?? blob;
  if (typeof bytes === 'string') {
    const { data: _, blob: __, ...rest } = block;
    return JSON.stringify({ ...rest, ...digestOf(bytes) });
  }
  return JSON.stringify(block);
}

function wordOf(uri: Json | undefined): string {
  return typeof uri === 'string' ? uri : '';
}

function digestOf(base64: string): JsonObject {
  const bytes = Buffer.from(base64, 'base64');
  return { bytes: bytes.length, digest: `sha256:${hash('sha256', bytes, 'hex')}` };
}
