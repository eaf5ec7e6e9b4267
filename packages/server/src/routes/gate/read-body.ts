import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import type { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { duplicateName } from './duplicate-name.ts';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

const FORM_TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** How deep JSON may nest. An action's own bound is lower and is answered by its pact. */
export const MAX_DEPTH = 128;

/** What is known of a body before it arrives. */
export type Expected = 'none' | 'body';

/** Returns whether a body comes, or why it is not taken: its media type, or its size. */
export function expectBody(
  request: IncomingMessage,
  route: Route,
  maxBytes: number,
): { readonly expected: Expected } | { readonly problem: Problem } {
  const { headers } = request;
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
  if (route.bodySpec === null && hasBody) {
    return { problem: { code: 'bad-request', detail: 'this route takes no body' } };
  }
  if (route.bodySpec === null) return { expected: 'none' };
  const isForm = route.bodySpec?.media === 'form';
  const isRight = (isForm ? FORM_TYPE : JSON_TYPE).test(headers['content-type'] ?? '');
  if (!isRight || headers['content-encoding'] !== undefined) {
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const detail = `the body must be \`${type}\` in UTF-8, without an encoding`;
    return { problem: { code: route.badMedia ?? 'bad-media-type', detail } };
  }
  if (Number(length ?? 0) > maxBytes) return { problem: tooLarge(maxBytes) };
  return { expected: 'body' };
}

/** The bodies that are arriving, of all requests together. */
export type Arriving = { bytes: number };

/** How much of bodies may be held while they arrive, and in how many pieces one may come. */
const HELD = { bytes: 268_435_456, pieces: 16_384 } as const;

/**
 * Returns the bytes of a body, counted as they arrive, or why there are none. A piece takes more
 * memory than its bytes, so pieces are counted as well.
 */
export function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  arriving: Arriving,
): Promise<{ readonly bytes: Buffer } | { readonly problem: Problem }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let held = 0;
    const settle = (read: Parameters<typeof resolve>[0]): void => {
      arriving.bytes -= held;
      held = 0;
      resolve(read);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      const problem = faultOf(maxBytes, { size, pieces: chunks.length, arriving });
      if (problem === null) {
        chunks.push(chunk);
        held += chunk.length;
        arriving.bytes += chunk.length;
        return;
      }
      chunks.length = 0;
      request.pause();
      settle({ problem });
    });
    request.on('end', () => {
      const [only] = chunks;
      settle({ bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks) });
    });
    const lost = (): void => settle({ problem: { code: 'timed-out', detail: 'the body ended' } });
    request.on('error', lost);
    request.on('close', lost);
  });
}

function faultOf(
  maxBytes: number,
  of: { readonly size: number; readonly pieces: number; readonly arriving: Arriving },
): Problem | null {
  if (of.size > maxBytes) return tooLarge(maxBytes);
  if (of.pieces >= HELD.pieces) {
    return { code: 'too-large', detail: `the body comes in more than ${HELD.pieces} pieces` };
  }
  if (of.arriving.bytes < HELD.bytes) return null;
  return { code: 'overloaded', detail: 'too many bodies arrive at once: send it again' };
}

/** Returns the JSON of a body, or why it is none that can be relied on. */
export function parseJson(
  bytes: Buffer,
): { readonly value: unknown } | { readonly problem: Problem } {
  if (!isUtf8(bytes)) return { problem: bad('the body is not UTF-8') };
  const text = bytes.toString('utf8');
  const value = parsed(text);
  if (value === undefined) return { problem: bad('the body is not JSON') };
  const fault = faultIn(value, 0) ?? doubled(text, value);
  return fault === null ? { value } : { problem: bad(fault) };
}

/** Returns the members of a form, or why they cannot be relied on. */
export function parseForm(
  bytes: Buffer,
): { readonly value: unknown } | { readonly problem: Problem } {
  if (!isUtf8(bytes)) return { problem: bad('the form is not UTF-8') };
  const form = new URLSearchParams(bytes.toString('utf8'));
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) return { problem: bad('a name stands twice') };
  return { value: Object.fromEntries(form) };
}

/** What prints back to the same text holds nothing twice; anything else is looked at. */
function doubled(text: string, value: unknown): string | null {
  if (JSON.stringify(value) === text) return null;
  const name = duplicateName(text);
  return name === null ? null : `the name \`${name.slice(0, 64)}\` stands twice in one object`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A number that a double does not hold would be decided as another than is acted on. */
function faultIn(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'a text is not Unicode';
  if (typeof value === 'number') {
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? null : 'a number is beyond 2^53 - 1';
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return `the body nests deeper than ${MAX_DEPTH}`;
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) return 'a name is not Unicode';
    const fault = faultIn(Reflect.get(value, name), depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function bad(detail: string): Problem {
  return { code: 'bad-request', detail, at: '' };
}

function tooLarge(maxBytes: number): Problem {
  return { code: 'too-large', detail: `the body is larger than ${maxBytes} bytes` };
}
