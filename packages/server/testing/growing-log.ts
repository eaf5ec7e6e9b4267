import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, parseEntry } from '@plumbline/core';
import {
  type Checkpoint,
  encodeBase64,
  equalBytes,
  Frontier,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  readBundle,
  TILE_WIDTH,
  verifyLog,
} from '@plumbline/ledger';

import { folderSource } from '../src/ledger/log-source.ts';
import { primitives } from '../src/ledger/primitives.ts';

/** One entry that came to a log. */
export type Grown = { readonly index: number; readonly entry: Entry };

/**
 * Reads a log as it grows, with the verifier's own code: each time what is fresh, whose hashes,
 * put upon those seen before, must give the root that was signed; and on demand all of it.
 */
export class GrowingLog {
  readonly #folder: string;
  readonly #verifierKey: string;
  readonly #frontier: Frontier;
  readonly #heads: Map<string, { readonly n: number; readonly prev: string }> = new Map();

  constructor(folder: string, verifierKey: string) {
    this.#folder = folder;
    this.#verifierKey = verifierKey;
    this.#frontier = new Frontier(primitives.sha256, () => undefined);
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** Returns the entries from the last look on, once at least so many are published. */
  async look(atLeast: number): Promise<readonly Grown[]> {
    const { size, root } = await this.#published(atLeast);
    const source = folderSource(this.#folder);
    const fresh: Grown[] = [];
    while (this.#frontier.size < size) {
      const from = this.#frontier.size;
      const index = Math.floor(from / TILE_WIDTH);
      const bundle = await readBundle(source, { index, size });
      assert.ok(bundle.ok, bundle.ok ? '' : bundle.error.message);
      for (const [at, bytes] of bundle.value.slice(from % TILE_WIDTH).entries()) {
        fresh.push(this.#take(bytes, from + at));
      }
    }
    assert.equal(this.#frontier.size, size, 'the log got shorter');
    assert.ok(equalBytes(this.#frontier.root(), root), 'a fork: the root is of other entries');
    return fresh;
  }

  /** Verifies everything that is published against its tiles. */
  async verifyWhole(): Promise<void> {
    const checkpoint = await this.#published(0);
    const source = folderSource(this.#folder);
    const report = await verifyLog(primitives.sha256, { checkpoint, source, anchors: [] });
    assert.ok(report.ok, report.ok ? '' : report.error.message);
  }

  #take(bytes: Uint8Array, index: number): Grown {
    const leaf = leafHash(primitives.sha256, bytes);
    this.#frontier.append(leaf);
    const parsed = parseEntry(bytes);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.error);
    const entry = parsed.value;
    const chain = `${entry.agent ?? ''}/${entry.session ?? ''}`;
    const head = this.#heads.get(chain);
    assert.equal(entry.n, head === undefined ? 0 : head.n + 1, `a gap in chain ${chain}`);
    assert.equal(entry.prev, head?.prev ?? null, `a break in chain ${chain}`);
    if (entry.kind === 'session_closed') this.#heads.delete(chain);
    else this.#heads.set(chain, { n: entry.n, prev: encodeBase64(leaf) });
    return { index, entry };
  }

  async #published(atLeast: number): Promise<Checkpoint> {
    const key = parseVerifierKey(primitives.sha256, this.#verifierKey);
    assert.ok(key.ok);
    for (;;) {
      const bytes = readFileSync(join(this.#folder, 'checkpoint'));
      const opened = await openCheckpoint(primitives, bytes, key.value);
      assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
      if (opened.value.checkpoint.size >= atLeast) return opened.value.checkpoint;
      await sleep(20);
    }
  }
}
