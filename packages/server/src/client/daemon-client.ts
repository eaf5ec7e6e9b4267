import type { Json } from '@plumbline/core';
import { Agent, errors, request } from 'undici';

/** Where a daemon is: its own user's socket, or a URL with a key. */
export type Target =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly key: string | null };

/** What is asked. `body` is sent as JSON. */
export type Asked = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
};

/** A connection to one daemon. */
export type DaemonClient = {
  /** Returns the JSON of the answer. Errors: `ClientError`. */
  readonly ask: (asked: Asked) => Promise<Json>;
  /** Returns the bytes of the answer. Errors: `ClientError`. */
  readonly bytes: (path: string) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
};

/** The daemon could not be asked, or refused. */
export class ClientError extends Error {
  /** `not-running`, `unreachable`, or the code of a problem. Source: spec/api/README.md. */
  readonly code: string;
  /** The body of a problem; null when there was no answer. */
  readonly problem: Json;

  constructor(code: string, message: string, rest: { problem?: Json; cause?: unknown } = {}) {
    super(message, { cause: rest.cause });
    this.code = code;
    this.problem = rest.problem ?? null;
  }
}

const TIMEOUT_MS = 60_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Opens a connection to a daemon; nothing is sent before something is asked. */
export function openClient(target: Target): DaemonClient {
  const agent = new Agent({
    connect: target.kind === 'socket' ? { socketPath: target.path } : {},
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    maxResponseSize: MOST_BYTES,
  });
  const send = (asked: Asked): Promise<Uint8Array> => exchange(agent, target, asked);
  return {
    ask: async (asked) => parseBody(await send(asked)),
    bytes: (path) => send({ method: 'GET', path }),
    close: () => agent.close(),
  };
}

async function exchange(agent: Agent, target: Target, asked: Asked): Promise<Uint8Array> {
  const { method, path, body } = asked;
  const base = target.kind === 'socket' ? 'http://localhost' : target.url.replace(/\/+$/, '');
  const key = target.kind === 'url' && target.key !== null ? target.key : null;
  try {
    const { statusCode, body: answer } = await request(`${base}${path}`, {
      dispatcher: agent,
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (statusCode < 400) return bytes;
    throw refusal(statusCode, bytes);
  } catch (cause) {
    throw cause instanceof ClientError ? cause : unreached(target, cause);
  }
}

function parseBody(bytes: Uint8Array): Json {
  if (bytes.length === 0) return null;
  try {
    // What JSON.parse returns is JSON.
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  } catch (cause) {
    throw new ClientError('unreachable', 'the answer is not JSON; is this a plumbline daemon?', {
      cause,
    });
  }
}

function refusal(status: number, bytes: Uint8Array): ClientError {
  const problem = parseBody(bytes);
  const member = (name: string): string | undefined => {
    const value: unknown =
      typeof problem === 'object' && problem !== null ? Reflect.get(problem, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const message = member('detail') ?? `the daemon answered ${status}`;
  return new ClientError(member('code') ?? 'unreachable', message, { problem });
}

function unreached(target: Target, cause: unknown): ClientError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  if (target.kind === 'socket' && (code === 'ENOENT' || code === 'ECONNREFUSED')) {
    return new ClientError('not-running', `no daemon listens at ${target.path}`, { cause });
  }
  const where = target.kind === 'socket' ? target.path : target.url;
  const why =
    cause instanceof errors.UndiciError || cause instanceof Error ? cause.message : String(cause);
  return new ClientError('unreachable', `${where} cannot be reached (${String(code)}: ${why})`, {
    cause,
  });
}
