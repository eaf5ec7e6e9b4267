import type { JsonObject } from '@plumbline/core';

import type { Said } from '../pep/mcp/enforcement.ts';
import { SocketClient, type SocketOperation } from '../pep/socket/socket-client.ts';

const ASK_MS = 30_000;
const CONNECT_AGAIN_MS = 250;

/** One connection after the other: where one is gone, the next request opens another. */
export class Link {
  readonly #path: string;
  readonly #agent: string;
  #client: Promise<SocketClient | null> | null = null;
  #failedAtMs = -Infinity;
  #isClosed = false;

  constructor(path: string, agent: string) {
    this.#path = path;
    this.#agent = agent;
  }

  /** Asks for one thing; never rejects, and answers within half a minute. */
  async ask(op: SocketOperation, members: JsonObject): Promise<Said<JsonObject>> {
    const client = await this.#connected();
    if (client === null) return unavailable('the daemon is away');
    const said = await within(client.ask(op, { ...members, agent: this.#agent }));
    return said ?? unavailable('the daemon does not answer');
  }

  async #connected(): Promise<SocketClient | null> {
    const current = (await this.#client) ?? null;
    if (current !== null && !current.isGone) return current;
    if (this.#isClosed || performance.now() - this.#failedAtMs < CONNECT_AGAIN_MS) return null;
    this.#client = SocketClient.connect(this.#path).catch(() => {
      this.#failedAtMs = performance.now();
      return null;
    });
    return this.#client;
  }

  /** Ends the connection, and opens no other. */
  close(): void {
    this.#isClosed = true;
    void this.#client?.then((client) => client?.close());
  }
}

/** Returns what came in time, or null. */
export async function within<T>(answer: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ASK_MS);
  const said = await Promise.race([answer, promise]);
  clearTimeout(timer);
  return said;
}

/** Returns the refusal of what nobody was asked for, or nobody answered. */
export function unavailable(message: string): Said<never> {
  return { ok: false, code: 'unavailable', message };
}
