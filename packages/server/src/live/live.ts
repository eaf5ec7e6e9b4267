import type { ServerResponse } from 'node:http';

import { LiveRows, type WatchedLog } from './live-rows.ts';
import { type Watch, Watcher } from './watcher.ts';

/**
 * What is written, told to whoever watches as server-sent events.
 *
 * Contract: rows come in order, each once, at most ten messages a second. Who was away is told what
 * was missed, up to 10,000 entries; who is further behind is told so (`behind`) and goes on from
 * now. Who takes nothing for a minute is let go. A watch ends with what it was opened by
 * (`signed-out`). Of one caller at most 32 watch at once, and 1,000 in all.
 */
export type Live = {
  /** Returns what answers a watcher; null: too many watch already. */
  readonly watch: (watch: Watch) => ((response: ServerResponse) => void) | null;
  readonly close: () => void;
};

/** What watching stands on. `failed` is told when the log cannot be read. */
export type LiveNeeds = {
  readonly log: WatchedLog;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly failed: (cause: unknown) => void;
};

const MOST = 1_000;
const MOST_OF_A_CALLER = 32;
const COALESCE_MS = 100;
const LOOK_MS = 1_000;

/** Opens watching; nothing is read while nobody watches. */
export function openLive(needs: LiveNeeds): Live {
  const hub = new Hub(needs);
  return { watch: (watch) => hub.watch(watch), close: () => hub.close() };
}

class Hub {
  readonly #needs: LiveNeeds;
  readonly #rows: LiveRows;
  readonly #watchers = new Set<Watcher>();
  #off: (() => void) | null = null;
  #look: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  #lastMs = -Infinity;
  #isTelling = false;
  #isClosed = false;

  constructor(needs: LiveNeeds) {
    this.#needs = needs;
    this.#rows = new LiveRows(needs.log, needs.clock);
  }

  watch(watch: Watch): ((response: ServerResponse) => void) | null {
    const own = [...this.#watchers].filter(({ by }) => by === watch.by).length;
    if (this.#isClosed || this.#watchers.size >= MOST || own >= MOST_OF_A_CALLER) return null;
    return (response) => {
      if (this.#watchers.size === 0) this.#begin();
      const { durableSize } = this.#needs.log.status();
      const watcher = new Watcher(watch, { response, durableSize, rows: this.#rows });
      this.#watchers.add(watcher);
      response.once('close', () => this.#leave(watcher));
      this.#tellSoon();
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const watcher of this.#watchers) watcher.end();
  }

  #begin(): void {
    this.#rows.begin();
    this.#off = this.#needs.log.onDurable(() => this.#tellSoon());
    this.#look = setInterval(() => this.#lookAtAll(), LOOK_MS).unref();
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#off?.();
    if (this.#look !== null) clearInterval(this.#look);
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
  }

  #lookAtAll(): void {
    const nowMs = this.#needs.monotonicMs();
    for (const watcher of this.#watchers) watcher.look(nowMs);
    this.#tellSoon();
  }

  /** The first entry after a pause is told at once, those that follow together. */
  #tellSoon(): void {
    if (this.#soon !== null || this.#isTelling || this.#watchers.size === 0) return;
    const waitMs = Math.max(0, this.#lastMs + COALESCE_MS - this.#needs.monotonicMs());
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.#tell().catch(this.#needs.failed);
    }, waitMs).unref();
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    try {
      this.#lastMs = this.#needs.monotonicMs();
      await this.#rows.advance();
      for (const watcher of this.#watchers) await watcher.tell();
    } finally {
      this.#isTelling = false;
    }
    if ([...this.#watchers].some((watcher) => watcher.isWaiting())) this.#tellSoon();
  }
}
