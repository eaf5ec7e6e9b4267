import type { EntryKind, JsonObject } from '@plumbline/core';

import { LedgerStopped } from '../ledger/sequencer.ts';
import type { Appended } from '../ledger/sequencer.ts';
import { EntryTooLarge, type Recordable } from '../record/recorder.ts';
import type { Subject } from '../store/vault.ts';
import { refused, served } from './served.ts';
import type { Recorded, Served } from './services.ts';

/** One entry, what of it is sealed and for whom, and the blobs it names. */
export type OpenEntry = {
  readonly kind: EntryKind;
  readonly agent: string | null;
  readonly open: JsonObject;
  readonly sealed?: { readonly secret: JsonObject; readonly subject: Subject };
  readonly blobs?: readonly Uint8Array[];
};

/** Where an entry stands, and the moment written in it. */
export type Written = Recorded & { readonly at: number };

/**
 * Writes one entry into the node's chain or an agent's. Resolves when it is durable. `recorded` is
 * called in the turn in which the log took it, and never when the log did not.
 *
 * Errors: `unavailable` and `overloaded` when the log takes nothing, `too-large`.
 */
export type WriteEntry = (entry: OpenEntry, recorded?: () => void) => Promise<Served<Written>>;

/** What entries are written with: the one recorder of the daemon, shared with the guard. */
export type WritingNeeds = {
  readonly recorder: {
    readonly now: (toldMs: number) => number;
    readonly record: (what: Recordable) => Appended;
  };
  readonly clock: () => number;
};

/** Returns the way services write entries. */
export function makeWriteEntry({ recorder, clock }: WritingNeeds): WriteEntry {
  return async (entry, recorded) => {
    const at = recorder.now(clock());
    try {
      const { sealed, ...rest } = entry;
      const appended = recorder.record({
        ...rest,
        at,
        session: null,
        secret: sealed?.secret ?? null,
        subject: sealed?.subject ?? null,
      });
      recorded?.();
      await appended.durable;
      return served({ index: appended.index, at });
    } catch (cause) {
      if (cause instanceof EntryTooLarge) return refused('too-large', cause.message);
      if (!(cause instanceof LedgerStopped)) throw cause;
      return refused(cause.reason === 'backlog' ? 'overloaded' : 'unavailable', cause.message);
    }
  };
}
