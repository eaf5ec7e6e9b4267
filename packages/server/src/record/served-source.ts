import { setTimeout } from 'node:timers/promises';
import type { LogSource } from '@plumbline/ledger';

import { OfflineError } from './offline-error.ts';

const MOST_BYTES = 17 * 1024 * 1024;
const TRIES = 3;
const WAIT_MS = 10_000;

/**
 * Reads a log that a web server serves. What the server does not have is undefined.
 *
 * Errors: `OfflineError` when it does not answer, or answers with a fault, three times.
 */
export function servedSource(url: string): LogSource {
  const base = url.endsWith('/') ? url : `${url}/`;
  return { read: (path) => readTried(new URL(path, base)) };
}

type Read =
  | { readonly kind: 'read'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'failed'; readonly why: string; readonly cause?: unknown };

async function readTried(url: URL): Promise<Uint8Array | undefined> {
  for (let tried = 1; ; tried += 1) {
    const read = await readOnce(url);
    if (read.kind === 'read') return read.bytes;
    if (tried === TRIES) throw new OfflineError(url.href, read.why, read.cause);
    await setTimeout(200 * tried);
  }
}

/** A server that is down or answers with a fault of its own may be well a moment later. */
async function readOnce(url: URL): Promise<Read> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS), redirect: 'error' });
    const { status } = answer;
    if (status >= 500 || status === 429) {
      return { kind: 'failed', why: `the server answers ${status}; try again later` };
    }
    if (!answer.ok || answer.body === null) return { kind: 'read', bytes: undefined };
    return { kind: 'read', bytes: await bounded(answer.body) };
  } catch (cause) {
    const why = `\`${url.host}\` cannot be reached (${whyNot(cause)})`;
    return { kind: 'failed', why: `${why}; check the URL, and that the log is served`, cause };
  }
}

/** What a fetch failed of stands in its cause, or in the causes of that where it tried several. */
function whyNot(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof AggregateError ? cause.cause.errors[0] : cause.cause;
  if (!(inner instanceof Error)) return cause.message;
  const code: unknown = Reflect.get(inner, 'code');
  return typeof code === 'string' ? code : inner.message;
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
