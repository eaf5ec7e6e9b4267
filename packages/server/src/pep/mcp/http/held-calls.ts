import { randomBytes } from 'node:crypto';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Branch } from '../branch.ts';
import { CODES, type Request, type ResponseBody, type RpcError } from '../message.ts';
import { callIn } from '../same-call.ts';

/** Something a server asks of the client while it answers a call. */
type Question = {
  readonly method: string;
  readonly params: JsonObject;
  readonly settle: (body: ResponseBody) => void;
};

/** A call of a modern client that a server is answering. */
export type RunningCall = {
  readonly request: Request;
  readonly answer: Promise<ResponseBody>;
  readonly cancel: () => void;
  /** The server it went to; null while it is not known. */
  branch: Branch | null;
  readonly questions: Map<string, Question>;
  /** Ends the wait for the answer with what is asked; null while nobody waits. */
  tell: (() => void) | null;
};

type Held = { readonly running: RunningCall; readonly timer: NodeJS.Timeout };

const MOST_HELD = 64;
const HELD_MS = 300_000;

/** What a server is told that asks a client which cannot be asked. */
export const UNREACHABLE: ResponseBody = {
  kind: 'error',
  error: { code: CODES.methodNotFound, message: 'this client cannot be asked' },
};

// What a client has to declare before it is asked.
const CAPABILITIES: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/**
 * Calls of modern clients at servers with a handshake. Such a server asks while it answers; the
 * call is answered with the question then and held, and goes on when it comes again with the reply.
 */
export class HeldCalls {
  readonly #running = new Set<RunningCall>();
  readonly #held = new Map<string, Held>();
  #count = 0;

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Takes in a call that was sent on. */
  begin(of: Pick<RunningCall, 'request' | 'answer' | 'cancel' | 'branch'>): RunningCall {
    const running = { ...of, questions: new Map<string, Question>(), tell: null };
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.answer.then(forget, forget);
    return running;
  }

  /** Returns the answer to a call, or the result by which its client is asked. */
  async wait(running: RunningCall): Promise<ResponseBody> {
    const { promise, resolve } = Promise.withResolvers<null>();
    running.tell = () => resolve(null);
    if (running.questions.size > 0) resolve(null);
    const body = await Promise.race([promise, running.answer]);
    running.tell = null;
    return body ?? this.#hold(running);
  }

  #hold(running: RunningCall): ResponseBody {
    const id = `held-${randomBytes(16).toString('hex')}`;
    const timer = setTimeout(() => this.#drop(id), HELD_MS).unref();
    this.#held.set(id, { running, timer });
    const asked = [...running.questions].map(([key, { method, params }]): [string, Json] => {
      return [key, { method, params }];
    });
    const inputRequests = Object.fromEntries(asked);
    return {
      kind: 'result',
      result: { resultType: 'input_required', inputRequests, requestState: id },
    };
  }

  /**
   * Hands on what a client replies, and returns the call that goes on by it; null for what is no
   * call of these.
   */
  resume({ params, method }: Request): RunningCall | RpcError | null {
    const { requestState, inputResponses } = params;
    const id = typeof requestState === 'string' ? requestState : '';
    const held = this.#held.get(id);
    if (held === undefined) return HELD_NAME.test(id) ? GONE : null;
    const { running, timer } = held;
    if (callIn(running.request) !== callIn({ method, params })) return ANOTHER;
    this.#held.delete(id);
    clearTimeout(timer);
    const given: JsonObject = isJsonObject(inputResponses ?? null) ? Object(inputResponses) : {};
    for (const [key, question] of running.questions) {
      const reply = given[key];
      // What is not replied to is asked again.
      if (!isJsonObject(reply ?? null)) continue;
      running.questions.delete(key);
      question.settle({ kind: 'result', result: Object(reply) });
    }
    return running;
  }

  /** Asks the client of the one call that a server is answering; of several nobody knows which. */
  ask(
    branch: Branch,
    { method, params }: Pick<Request, 'method' | 'params'>,
  ): Promise<ResponseBody> {
    const [running, another] = [...this.#running].filter((each) => each.branch === branch);
    const isFull = this.#held.size >= MOST_HELD;
    if (running === undefined || another !== undefined || isFull || branch.era === 'modern') {
      return Promise.resolve(UNREACHABLE);
    }
    if (!declares(running.request, method)) return Promise.resolve(UNREACHABLE);
    const { promise, resolve } = Promise.withResolvers<ResponseBody>();
    this.#count += 1;
    running.questions.set(`question-${this.#count}`, { method, params, settle: resolve });
    running.tell?.();
    return promise;
  }

  // Who does not come back has left.
  #drop(id: string): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    if (held === undefined) return;
    clearTimeout(held.timer);
    for (const { settle } of held.running.questions.values()) settle(UNREACHABLE);
    held.running.questions.clear();
    held.running.cancel();
  }

  close(): void {
    for (const id of this.#held.keys()) this.#drop(id);
  }
}

const GONE: RpcError = {
  code: CODES.invalidParams,
  message: 'this call is not held any more: send it anew, without `requestState`',
};
const ANOTHER: RpcError = { code: CODES.invalidParams, message: 'it was another call that asked' };

const HELD_NAME = /^held-[0-9a-f]{32}$/;

function declares({ params }: Request, method: string): boolean {
  const capability = Object.hasOwn(CAPABILITIES, method) ? CAPABILITIES[method] : undefined;
  const given: unknown = Object(params['_meta'])['io.modelcontextprotocol/clientCapabilities'];
  return capability !== undefined && isJsonObject(Object(given)[capability] ?? null);
}
