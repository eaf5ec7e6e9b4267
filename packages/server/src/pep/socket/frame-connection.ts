import type { Socket } from 'node:net';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Api } from '../../routes/api.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { parseJson } from '../../routes/gate/read-body.ts';
import { rightsOf } from '../../routes/rights.ts';
import { agentId } from '../../routes/shapes.ts';
import { MAX_ANSWER_BYTES, MAX_FRAME_BYTES } from './frame-shapes.ts';
import { LineReader } from './line-reader.ts';
import type { FrameAnswer } from './operation.ts';
import { badFrame, OPERATIONS } from './operations.ts';
import { writeTogether } from './write-together.ts';

/** Bounds of one connection. */
export const FRAME_BOUNDS = {
  /** Requests that are being answered at once; more are not read until one is done. */
  inFlight: 256,
  /** Bytes of answers the other side has not read; more requests are not read until it does. */
  unreadBytes: 4_194_304,
} as const;

type Frame = { readonly id: number; readonly op: string; readonly members: JsonObject };

/**
 * Answers the frames of one connection. What cannot be read as a frame is answered once and ends
 * the connection: nobody can say where the next frame starts or whose answer it would be.
 */
export class FrameConnection {
  readonly #api: Api;
  readonly #socket: Socket;
  readonly #lines: LineReader = new LineReader(MAX_FRAME_BYTES);
  readonly #waiting: Buffer[] = [];
  #inFlight = 0;
  #isEnding = false;
  #isStopping = false;

  constructor(api: Api, socket: Socket) {
    this.#api = api;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#go());
    socket.on('end', () => this.#endWhenDone());
  }

  /**
   * Takes no more frames; what is being answered still is. The connection ends then, whatever the
   * other side does.
   */
  stop(): void {
    this.#isStopping = true;
    if (this.#isEnding) this.#end();
    this.#endWhenDone();
  }

  #take(chunk: Buffer): void {
    if (this.#isEnding) return;
    const lines = this.#lines.take(chunk);
    this.#waiting.push(...(lines ?? []));
    this.#go();
    if (lines === null) this.#break(null, `is longer than ${MAX_FRAME_BYTES} bytes`);
  }

  /** Starts what waits as far as the bounds go, and reads on only when nothing waits. */
  #go(): void {
    while (!this.#isFull()) {
      const line = this.#waiting.shift();
      if (line === undefined) break;
      this.#start(line);
    }
    if (this.#waiting.length > 0 || this.#isFull()) this.#socket.pause();
    else this.#socket.resume();
    if (this.#isEnding) this.#end();
  }

  #isFull(): boolean {
    return (
      this.#inFlight >= FRAME_BOUNDS.inFlight ||
      this.#socket.writableLength >= FRAME_BOUNDS.unreadBytes
    );
  }

  #start(line: Buffer): void {
    const frame = frameOf(line);
    if (typeof frame === 'string') {
      this.#break(null, frame);
      return;
    }
    this.#inFlight += 1;
    void this.#answer(frame);
  }

  async #answer(frame: Frame): Promise<void> {
    const answered = await this.#run(frame);
    this.#inFlight -= 1;
    this.#send(frame.id, answered);
    this.#go();
  }

  async #run({ op, members }: Frame): Promise<FrameAnswer> {
    const { agent, ...rest } = members;
    const operation = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
    if (operation === undefined) return badFrame('op', 'is no operation');
    const named = agentId.safeParse(agent);
    if (!named.success) return badFrame('agent', 'must be the id of an agent');
    const rights = rightsOf(LOCAL, this.#api.settings.localRights);
    if (operation.right !== null && !rights.includes(operation.right)) {
      return {
        ok: false,
        code: 'forbidden',
        message: `this takes \`${operation.right}\`, which \`localRights\` keeps from the socket`,
      };
    }
    try {
      return await operation.run(this.#api, { agent: named.data, members: rest, rights });
    } catch (error) {
      // The one place where a bug becomes an answer, so that the caller is not left waiting.
      this.#api.log.failed(`frame ${op}`, error);
      return { ok: false, code: 'internal', message: 'the daemon met a fault; see its log' };
    }
  }

  #send(id: number | null, answered: FrameAnswer): void {
    if (!this.#socket.writable) return;
    const line = JSON.stringify({ id, ...answered });
    if (line.length < MAX_ANSWER_BYTES) {
      writeTogether(this.#socket, `${line}\n`);
      return;
    }
    const message = 'the answer does not fit a frame: ask over HTTP';
    const refused = JSON.stringify({ id, ok: false, code: 'too-large', message });
    writeTogether(this.#socket, `${refused}\n`);
  }

  #break(id: number | null, what: string): void {
    if (this.#isEnding) return;
    this.#waiting.length = 0;
    this.#send(id, { ok: false, code: 'bad-request', message: `the frame ${what}` });
    this.#endWhenDone();
  }

  #endWhenDone(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#end();
  }

  #end(): void {
    if (this.#inFlight > 0 || this.#waiting.length > 0) return;
    if (this.#isStopping) this.#socket.destroySoon();
    else this.#socket.end();
  }
}

function frameOf(line: Buffer): Frame | string {
  const json = parseJson(line);
  if ('problem' in json) return `is refused: ${json.problem.detail}`;
  // What `JSON.parse` returns is JSON.
  const value = json.value as Json;
  if (!isJsonObject(value)) return 'is not an object';
  const { id, op, ...members } = value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return 'has no `id`';
  if (typeof op !== 'string') return 'has no `op`';
  return { id, op, members };
}
