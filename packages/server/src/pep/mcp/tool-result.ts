import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { duplicateName } from '../../routes/gate/duplicate-name.ts';
import type { ResponseBody } from './message.ts';
import { rowOf } from './methods.ts';

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
  const others = othersIn(result);
  if (structuredContent !== undefined) {
    const more = [...blocks.filter((block) => !mirrors(block, structuredContent)), ...others];
    if (more.length === 0) return structuredContent;
    return joined([pieceOf(structuredContent), ...more.map(pieceOf)]);
  }
  const [only] = blocks;
  const whole = blocks.length === 1 && only !== undefined ? textOf(only) : null;
  if (whole !== null && others.length === 0) return whole;
  const pieces = [...blocks, ...others];
  return pieces.length === 0 ? null : joined(pieces.map(pieceOf));
}

const LISTS: readonly string[] = ['content', 'contents', 'messages'];
const READ: ReadonlySet<string> = new Set(['_meta', 'isError', 'structuredContent']);
// What a modern result says of itself in words or numbers that nobody chooses.
const CODED: Readonly<Record<string, (value: Json) => boolean>> = {
  resultType: (value) => value === 'complete' || value === 'input_required',
  ttlMs: (value) => typeof value === 'number',
  cacheScope: (value) => value === 'private' || value === 'public',
};

/** What a result says beside its blocks and its structure: a client is shown that as well. */
function othersIn(result: JsonObject): readonly Json[] {
  const rest = Object.entries(result).filter(([name, value]) => {
    if (READ.has(name) || (LISTS.includes(name) && Array.isArray(value))) return false;
    return rowOf(CODED, name)?.(value) !== true;
  });
  return rest.length === 0 ? [] : [Object.fromEntries(rest)];
}

/** Returns the text of a block that is nothing else: of a result, a resource, or a message. */
function textOf(block: Json): string | null {
  if (!isJsonObject(block)) return null;
  const { type, text, content } = block;
  if (isText(block) && typeof text === 'string') return text;
  return type === undefined && content !== undefined && hasOnly(block, MESSAGE)
    ? textOf(content)
    : null;
}

const TEXT = ['type', 'text', 'annotations', '_meta'] as const;
const RESOURCE = ['uri', 'mimeType', 'text', '_meta'] as const;
const MESSAGE = ['role', 'content', '_meta'] as const;
const EMBEDDED = ['type', 'resource', 'annotations', '_meta'] as const;

function isText(block: JsonObject): boolean {
  const { type, text } = block;
  if (typeof text !== 'string') return false;
  return type === 'text' ? hasOnly(block, TEXT) : type === undefined && hasOnly(block, RESOURCE);
}

/** Whether a block has no members but those that are read as something or as nothing. */
function hasOnly(block: JsonObject, names: readonly string[]): boolean {
  return Object.keys(block).every((name) => names.includes(name));
}

/** A text that says no more than the structure, which servers add for clients that read text. */
function mirrors(block: Json, structured: Json): boolean {
  if (!isJsonObject(block) || block['type'] !== 'text' || !hasOnly(block, TEXT)) return false;
  const { text } = block;
  if (typeof text !== 'string') return false;
  if (text === structured) return true;
  if (isJsonObject(structured) && Object.values(structured).includes(text)) return true;
  try {
    const said: unknown = JSON.parse(text);
    // Compared side by side: the text may nest deeper than anything that is printed can.
    if (!isDeepStrictEqual(said, structured)) return false;
    // Of a name that stands twice a client may show what is not the structure's.
    return duplicateName(text) === null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
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
  if (isText(block) && typeof text === 'string') {
    return type === 'text' ? text : `${wordOf(uri)}\n${text}`;
  }
  if (isJsonObject(content ?? null) && type === undefined && hasOnly(block, MESSAGE)) {
    return pieceOf(content ?? null);
  }
  if (isJsonObject(resource ?? null) && type === 'resource' && hasOnly(block, EMBEDDED)) {
    return pieceOf(resource ?? null);
  }
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
