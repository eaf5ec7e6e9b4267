import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

import { Stop } from '../stop.ts';

/** The largest text file read whole: a pact, a manifest, an action. */
export const MAX_TEXT_BYTES: number = 16 * 1024 * 1024;

/** Returns the code of a system error (`ENOENT`), or its text. */
export function errorCode(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, 'code');
  return typeof code === 'string' ? code : cause.message;
}

/** Returns in plain words why a path could not be opened. */
export function whyNotRead(cause: unknown): string {
  const code = errorCode(cause);
  switch (code) {
    case 'ENOENT':
      return 'no such file';
    case 'EISDIR':
      return 'is a folder, name a file';
    case 'EACCES':
      return 'may not be read by this user';
    default:
      return `cannot be read (${code})`;
  }
}

/**
 * Returns the text of a file of at most `MAX_TEXT_BYTES`; `-` is standard input.
 *
 * Errors: `Stop` with the path: missing, a folder, too large, or not UTF-8.
 */
export function readText(path: string): string {
  const bytes = readBytes(path);
  if (!isUtf8(bytes)) throw new Stop(`not UTF-8 text${lineOfFault(bytes)}`, nameOf(path));
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function readBytes(path: string): Buffer {
  let bytes: Buffer;
  try {
    const handle = path === '-' ? 0 : openSync(path, 'r');
    const { size } = fstatSync(handle);
    bytes = size > MAX_TEXT_BYTES ? Buffer.alloc(0) : readFileSync(handle);
    if (handle !== 0) closeSync(handle);
    if (size > MAX_TEXT_BYTES || bytes.length > MAX_TEXT_BYTES) throw new RangeError('ETOOLARGE');
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new Stop(`larger than ${MAX_TEXT_BYTES / 1024 / 1024} MiB`, nameOf(path));
    }
    throw new Stop(whyNotRead(cause), nameOf(path));
  }
  return bytes;
}

/** Finds the first line that is not UTF-8, for the message. */
function lineOfFault(bytes: Buffer): string {
  let start = 0;
  for (let line = 1; start <= bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(start, stop))) return ` at line ${line}`;
    if (end < 0) break;
    start = end + 1;
  }
  return '';
}
