import { setTimeout } from 'node:timers/promises';
import type { LogSource } from '@plumbline/ledger';

const MOST_BYTES = 17 * 1024 * 1024;
const TRIES = 3;
const WAIT_MS = 10_000;

/** Reads a log that a web server serves. What cannot be read after three tries is undefined. */
export function servedSource(url: string): LogSource {
  const base = url.endsWith('/') ? url : `${url}/`;
  return { read: (path) => readTried(new URL(path, base)) };
}

async function readTried(url: URL): Promise<Uint8Array | undefined> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const read = await readOnce(url);
    if (read !== 'again') return read;
    if (tried < TRIES) await setTimeout(200 * tried);
  }
  return undefined;
}

/** A server that is down or answers with a fault of its own may be well a moment later. */
async function readOnce(url: URL): Promise<Uint8Array | undefined | 'again'> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS), redirect: 'error' });
    if (answer.status >= 500 || answer.status === 429) return 'again';
    if (!answer.ok || answer.body === null) return undefined;
    return await bounded(answer.body);
  } catch {
    return 'again';
  }
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
