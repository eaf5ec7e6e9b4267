import net from 'node:net';

import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import { MAX_ANSWER_BYTES, MAX_FRAME_BYTES } from './frame-shapes.ts';
import { LineReader } from './line-reader.ts';
import { writeTogether } from './write-together.ts';

/** What an enforcement point may ask over the socket. */
export type SocketOperation =
  | 'open'
  | 'lease'
  | 'renew'
  | 'acknowledge'
  | 'stops'
  | 'give-up'
  | 'close'
  | 'message'
  | 'decide'
  | 'evaluate'
  | 'redeem'
  | 'outcome'
  | 'offer'
  | 'refused'
  | 'observed'
  | 'supervision'
  | 'status';

/**
 * What came back. `unavailable` also covers a connection that is gone: whether the daemon did what
 * was asked is then unknown, and the same request may be sent again.
 */
export type SocketAnswer =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** How many requests may wait for their answers. */
const MAX_WAITING = 1_000;

type Waiting = (answer: SocketAnswer) => void;

/**
 * One connection to the daemon's socket, for thin enforcement points. Many requests may be on
 * their way at once. It never connects again by itself: whoever enforces refuses while there is no
 * daemon, and opens another.
 */
export class SocketClient {
  readonly #socket: net.Socket;
  readonly #lines: LineReader = new LineReader(MAX_ANSWER_BYTES);
  readonly #waiting: Map<number, Waiting> = new Map();
  #next = 0;
  #gone: string | null = null;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the daemon closed the connection'));
  }

  /** Connects; rejects when nobody listens there. */
  static connect(path: string): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new SocketClient(socket));
      });
    });
  }

  /** Whether the connection has ended: nothing can be asked any more. */
  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** Asks for one operation. `members` hold `agent` and what the operation takes. Never rejects. */
  ask(op: SocketOperation, members: JsonObject): Promise<SocketAnswer> {
    if (this.#gone !== null) return Promise.resolve(unavailable(this.#gone));
    if (this.#waiting.size >= MAX_WAITING) {
      const message = `${MAX_WAITING} requests wait already`;
      return Promise.resolve({ ok: false, code: 'overloaded', message });
    }
    const id = this.#next;
    const line = Buffer.from(`${JSON.stringify({ ...members, id, op })}\n`);
    if (line.length > MAX_FRAME_BYTES) {
      const message = `a request is at most ${MAX_FRAME_BYTES} bytes`;
      return Promise.resolve({ ok: false, code: 'too-large', message });
    }
    this.#next += 1;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      writeTogether(this.#socket, line);
    });
  }

  /** Ends the connection; what waits is `unavailable`. */
  close(): void {
    this.#socket.destroy();
    this.#end('the connection was closed');
  }

  #take(chunk: Buffer): void {
    const lines = this.#lines.take(chunk);
    for (const line of lines ?? []) this.#settle(line);
    if (lines === null) this.#break('an answer is too long');
  }

  #settle(line: Buffer): void {
    const answered = answerOf(line);
    const waiting = answered === null ? undefined : this.#waiting.get(answered.id);
    if (answered === null || waiting === undefined) {
      this.#break(`an answer belongs to no request: ${line.toString('utf8').slice(0, 200)}`);
      return;
    }
    this.#waiting.delete(answered.id);
    waiting(answered.answer);
  }

  #break(why: string): void {
    this.#end(why);
    this.#socket.destroy();
  }

  #end(why: string): void {
    this.#gone ??= why;
    for (const waiting of this.#waiting.values()) waiting(unavailable(why));
    this.#waiting.clear();
  }
}

function unavailable(message: string): SocketAnswer {
  return { ok: false, code: 'unavailable', message };
}

function answerOf(line: Buffer): { readonly id: number; readonly answer: SocketAnswer } | null {
  const parsed = parsedJson(line.toString('utf8'));
  if (!isJsonObject(parsed)) return null;
  const { id, ok, value, code, message } = parsed;
  if (typeof id !== 'number') return null;
  if (ok === true && isJsonObject(value)) return { id, answer: { ok, value } };
  if (ok !== false || typeof code !== 'string' || typeof message !== 'string') return null;
  return { id, answer: { ok, code, message } };
}
