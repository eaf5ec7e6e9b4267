import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import type { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { duplicateName } from './duplicate-name.ts';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

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
  const isJson = JSON_TYPE.test(headers['content-type'] ?? '');
  if (!isJson || headers['content-encoding'] !== undefined) {
    const detail = 'the body must be `application/json` in UTF-8, without an encoding';
    return { problem: { code: route.badMedia ?? 'bad-media-type', detail } };
  }
  if (Number(length ?? 0) > maxBytes) return { problem: tooLarge(maxBytes) };
  return { expected: 'body' };
}

/** Returns the bytes of a body, counted as they arrive, or why there are none. */
export function readBytes(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer } | { readonly problem: Problem }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.pause();
      resolve({ problem: tooLarge(maxBytes) });
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve({ bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks) });
    });
    const lost = (): void => resolve({ problem: { code: 'timed-out', detail: 'the body ended' } });
    request.on('error', lost);
    request.on('close', lost);
  });
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
