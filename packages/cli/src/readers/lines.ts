import { isUtf8 } from 'node:buffer';
import { createReadStream, openSync, closeSync, fstatSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';

import type { Json } from '@plumbline/core';

import { errorCode, whyNotRead } from '../files/read-text.ts';
import { Stop } from '../stop.ts';

/** The longest line read. A run of an agent is one line in most formats. */
export const MAX_LINE_BYTES: number = 32 * 1024 * 1024;

// Large chunks keep the hand-overs between zlib's thread and this one few.
const CHUNK_BYTES = 1024 * 1024;

/** One line of a log, without its end; `number` counts from 1. */
export type Line = { readonly number: number; readonly bytes: Buffer };

/** What a file is before it is read: its size on disk in bytes, and whether it is gzip. */
export type LogFile = { readonly path: string; readonly size: number; readonly isGzip: boolean };

/**
 * Opens a log for a first look.
 *
 * Errors: `Stop` with the path: missing, a folder, empty, or named `.gz` without being gzip.
 */
export function openLog(path: string): LogFile {
  const head = Buffer.alloc(2);
  let size: number;
  try {
    const handle = openSync(path, 'r');
    const stats = fstatSync(handle);
    size = stats.size;
    if (stats.isDirectory()) throw new Stop('is a folder, name the files in it', path);
    readSync(handle, head, 0, 2, 0);
    closeSync(handle);
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    throw new Stop(whyNotRead(cause), path);
  }
  if (size === 0) throw new Stop('the file is empty', path);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (!isGzip && /\.gz$/i.test(path)) throw new Stop('is named .gz and is not gzip', path);
  return { path, size, isGzip };
}

/**
 * Yields the lines of a log, a chunk's worth at a time, blank ones left out.
 *
 * onBytes: told the bytes read from disk so far.
 * Errors: `Stop` with `file:line`: a line too long, not UTF-8, or a gzip stream that is damaged.
 */
export async function* readLines(
  log: LogFile,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<readonly Line[]> {
  const cutter = new LineCutter(log.path);
  try {
    for await (const chunk of chunksOf(log, onBytes)) yield cutter.cut(chunk);
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    throw new Stop(whyStreamFailed(cause), `${log.path}:${cutter.nextNumber}`);
  }
  yield cutter.rest();
}

async function* chunksOf(log: LogFile, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(log.path, { highWaterMark: CHUNK_BYTES });
  const counted = (): void => onBytes(file.bytesRead);
  if (!log.isGzip) {
    for await (const chunk of file) {
      counted();
      // A file stream without an encoding yields buffers; its type says any.
      yield chunk as Buffer;
    }
    return;
  }
  const plain = createGunzip({ chunkSize: CHUNK_BYTES });
  file.once('error', (cause) => plain.destroy(cause));
  for await (const chunk of file.pipe(plain)) {
    counted();
    // A gunzip stream without an encoding yields buffers; its type says any.
    yield chunk as Buffer;
  }
}

function whyStreamFailed(cause: unknown): string {
  const code = errorCode(cause);
  if (code === 'Z_BUF_ERROR') return 'the gzip stream ends too early, is the file cut off?';
  if (code.startsWith('Z_')) return `the gzip stream is damaged (${code})`;
  return whyNotRead(cause);
}

/** Cuts chunks into lines and carries the unfinished last one over. */
class LineCutter {
  nextNumber = 1;
  readonly #file: string;
  #carried: Buffer[] = [];
  #carriedBytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  cut(chunk: Buffer): readonly Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#add(lines, chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#carry(chunk.subarray(start));
    return lines;
  }

  rest(): readonly Line[] {
    const lines: Line[] = [];
    if (this.#carriedBytes > 0) this.#add(lines, Buffer.alloc(0));
    return lines;
  }

  #carry(part: Buffer): void {
    this.#carried.push(part);
    this.#carriedBytes += part.length;
    this.#checkLength(this.#carriedBytes);
  }

  #add(lines: Line[], tail: Buffer): void {
    this.#checkLength(this.#carriedBytes + tail.length);
    const bytes = this.#carriedBytes === 0 ? tail : Buffer.concat([...this.#carried, tail]);
    this.#carried = [];
    this.#carriedBytes = 0;
    const number = this.nextNumber;
    if (!isUtf8(bytes)) throw new Stop('not UTF-8 text', `${this.#file}:${number}`);
    this.nextNumber += 1;
    if (!isBlank(bytes)) lines.push({ number, bytes });
  }

  #checkLength(length: number): void {
    if (length <= MAX_LINE_BYTES) return;
    const limit = MAX_LINE_BYTES / 1024 / 1024;
    const place = `${this.#file}:${this.nextNumber}`;
    throw new Stop(`line longer than ${limit} MiB, one run per line is expected`, place);
  }
}

function isBlank(bytes: Buffer): boolean {
  const last = bytes.length - 1;
  const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 13;
  if (last >= 0 && !isSpace(bytes[last])) return false;
  return bytes.every(isSpace);
}

/**
 * Returns the JSON value of a line.
 *
 * Errors: `Stop` with `file:line` when it is not JSON; on the last line the file may be cut off.
 */
export function parseLine(line: Line, file: string): Json {
  const hasMark = line.number === 1 && line.bytes[0] === 0xef && line.bytes[1] === 0xbb;
  try {
    return JSON.parse(line.bytes.toString('utf8', hasMark ? 3 : 0));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const isCut = line.number > 1 && /end of JSON|Unterminated/.test(why);
    const next = isCut ? ', is the file cut off?' : ', one JSON record per line is expected';
    throw new Stop(`not JSON${next} (${shorten(why)})`, `${file}:${line.number}`);
  }
}

// The parser's own line number counts inside the one line it was given.
function shorten(why: string): string {
  const oneLine = why.replaceAll(/\s+/g, ' ').replace(/ \(line \d+ column \d+\)$/, '');
  return oneLine.length > 120 ? `${oneLine.slice(0, 120)}…` : oneLine;
}
