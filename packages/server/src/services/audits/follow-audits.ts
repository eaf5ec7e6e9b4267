import { AuditBook, parseEntry } from '@plumbline/core';
import { encodeBase64, isHandover, leafHash } from '@plumbline/ledger';

import { primitives } from '../../ledger/primitives.ts';
import type { Sequencer } from '../../ledger/sequencer.ts';
import { type Follower, followLog } from '../../store/follow.ts';
import { mac } from './mac.ts';

/** The book of audits, kept up with the log. */
export type FollowedAudits = Pick<Follower, 'caughtUp' | 'stop'> & {
  readonly book: () => AuditBook;
};

/** What is followed, and from which entry on: none before says anything of audits. */
export type FollowingNeeds = {
  readonly sequencer: Pick<Sequencer, 'read' | 'status' | 'onDurable'>;
  readonly from: number;
  readonly failed: (cause: unknown) => void;
};

/** Starts folding audits from the log. Errors of reading are told, and tried again. */
export function followAudits({ sequencer, from, failed }: FollowingNeeds): FollowedAudits {
  const fold = new AuditFold(from);
  const models = {
    nextIndex: () => Promise.resolve(fold.nextIndex),
    fold: (at: number, entries: readonly Uint8Array[]) => Promise.resolve(fold.fold(at, entries)),
    drop: () => Promise.resolve(fold.drop()),
  };
  const { caughtUp, stop } = followLog(sequencer, models, { failed });
  return { caughtUp, stop, book: () => fold.book };
}

class AuditFold {
  book: AuditBook = new AuditBook(mac);
  nextIndex: number;
  readonly #from: number;

  constructor(from: number) {
    this.#from = from;
    this.nextIndex = from;
  }

  fold(from: number, entries: readonly Uint8Array[]): void {
    for (const [offset, bytes] of entries.entries()) {
      const index = from + offset;
      if (index < this.nextIndex) continue;
      this.#take(bytes, index);
      this.nextIndex = index + 1;
    }
  }

  drop(): void {
    this.book = new AuditBook(mac);
    this.nextIndex = this.#from;
  }

  #take(bytes: Uint8Array, index: number): void {
    if (isHandover(bytes) || !this.#concerns(bytes)) return;
    const read = parseEntry(bytes);
    if (!read.ok) throw new Error(`entry ${index} of the log ${read.error}: verify the log`);
    // What is wrong with a draw stands beside it in the book.
    this.book.take(read.value, index, () => leafOf(bytes));
  }

  /** Entries of agents that are not audited are not worth parsing. */
  #concerns(bytes: Uint8Array): boolean {
    const head = headOf(bytes);
    if (head === null) return true;
    const { agent, kind } = head;
    if (kind === 'audit_begun' || kind === 'erasure') return true;
    return agent !== null && this.book.isAudited(agent);
  }
}

// Before `kind` stand the agent's id and the time alone, so it is found within these bytes.
const HEAD_BYTES = 256;

function headOf(
  bytes: Uint8Array,
): { readonly agent: string | null; readonly kind: string } | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.length));
  const pattern = /^\{"agent":(?:null|"([^"\\]*)"),"at":\d+,"kind":"([a-z_]+)"/;
  const [, agent = null, kind] = pattern.exec(head.toString('latin1')) ?? [];
  return kind === undefined ? null : { agent, kind };
}

function leafOf(bytes: Uint8Array): string {
  return encodeBase64(leafHash(primitives.sha256, bytes));
}
