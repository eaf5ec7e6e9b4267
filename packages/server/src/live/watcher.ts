import type { ServerResponse } from 'node:http';

import type { EventRow } from '../store/models.ts';
import type { LiveRows } from './live-rows.ts';

/** Who watches what. `after` is the last index they have seen; null: from now on. */
export type Watch = {
  readonly by: string;
  readonly after: number | null;
  /** Null: every agent, and what is of none. */
  readonly agents: readonly string[] | null;
  /** Returns whether what the watch was opened by is still good. */
  readonly isGood: () => boolean;
};

type Standing = {
  readonly response: ServerResponse;
  readonly durableSize: number;
  readonly rows: LiveRows;
};

const MOST_BEHIND = 10_000;
const PAGE = 1_000;
const MOST_UNSENT = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const STUCK_MS = 60_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies that gather answers would hold the events back.
  'x-accel-buffering': 'no',
};

/** One stream, and how far it was told. */
export class Watcher {
  readonly by: string;
  readonly #watch: Watch;
  readonly #response: ServerResponse;
  readonly #rows: LiveRows;
  /** The index that is told next. */
  #next: number;
  /** The last index that was told, as far as the client knows. */
  #told: number;
  #wroteMs: number | null = null;
  #stuckSinceMs: number | null = null;

  constructor(watch: Watch, { response, durableSize, rows }: Standing) {
    this.by = watch.by;
    this.#watch = watch;
    this.#response = response;
    this.#rows = rows;
    this.#next = watch.after === null ? durableSize : watch.after + 1;
    this.#told = this.#next - 1;
    response.writeHead(200, HEADERS);
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    const isBehind = durableSize - this.#next > MOST_BEHIND || this.#next > durableSize;
    if (isBehind) this.#skipTo(durableSize);
    else this.#write('ready', { index: this.#next - 1 });
  }

  /** Returns whether there is more that it could be told now. */
  isWaiting(): boolean {
    return this.#next < this.#rows.end && this.#canTake();
  }

  /** Tells one page of what it was not told yet. */
  async tell(): Promise<void> {
    if (!this.isWaiting()) return;
    if (this.#rows.end - this.#next > MOST_BEHIND) {
      this.#skipTo(this.#rows.end);
      return;
    }
    const page = await this.#rows.page(this.#next, PAGE);
    const [first] = page;
    if (first === undefined || !this.#canTake()) return;
    const to = first.index + page.length - 1;
    this.#next = to + 1;
    const rows = page.filter((row) => this.#isFor(row));
    // Whoever is told of few agents still learns now and then how far the log has come.
    if (rows.length === 0 && to - this.#told < PAGE) return;
    this.#write('entries', { from: first.index, to, rows }, to);
    this.#told = to;
  }

  /** Sends a sign of life, and ends what must not go on. */
  look(nowMs: number): void {
    if (!this.#watch.isGood()) {
      this.#write('signed-out', {});
      this.end();
      return;
    }
    if (this.#canTake()) this.#stuckSinceMs = null;
    else this.#stuckSinceMs ??= nowMs;
    if (this.#stuckSinceMs !== null && nowMs - this.#stuckSinceMs > STUCK_MS) {
      this.#response.destroy();
      return;
    }
    if (this.#wroteMs === null) this.#wroteMs = nowMs;
    if (nowMs - this.#wroteMs < HEARTBEAT_MS || !this.#canTake()) return;
    this.#response.write(': still here\n\n');
    this.#wroteMs = nowMs;
  }

  end(): void {
    this.#response.end();
  }

  #canTake(): boolean {
    return this.#response.writable && this.#response.writableLength < MOST_UNSENT;
  }

  #isFor({ agent }: EventRow): boolean {
    const { agents } = this.#watch;
    return agents === null || (agent !== null && agents.includes(agent));
  }

  #skipTo(end: number): void {
    this.#next = end;
    this.#told = end - 1;
    this.#write('behind', { index: end - 1 }, end - 1);
  }

  #write(event: string, value: object, id?: number): void {
    const named = id === undefined || id < 0 ? '' : `id: ${id}\n`;
    this.#response.write(`event: ${event}\n${named}data: ${JSON.stringify(value)}\n\n`);
    this.#wroteMs = null;
  }
}
