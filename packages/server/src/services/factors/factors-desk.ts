import type { EntryKind, JsonObject } from '@plumbline/core';

import type { Person } from '../../routes/caller.ts';
import type { Turns } from '../turns.ts';
import type { WriteEntry } from '../write-entry.ts';
import type { Challenges } from './challenges.ts';
import type { FactorStore } from './factor-store.ts';
import type { WebAuthnSite } from './webauthn.ts';

/** What the parts of the service share. */
export type FactorsDesk = {
  readonly store: FactorStore;
  readonly challenges: Challenges;
  readonly pending: Map<string, Pending>;
  readonly turn: Turns;
  readonly clock: () => number;
  readonly site: WebAuthnSite | null;
  readonly newId: () => string;
  /** Writes an entry into the node's chain. */
  readonly note: (kind: EntryKind, open: JsonObject) => ReturnType<WriteEntry>;
};

/** A person who asks: under which pseudonym, and with which key. */
export type Asking = { readonly person: string; readonly human: Person; readonly by: string };

/** A factor that was begun and does not count yet; in memory, so that a restart forgets it. */
export type Pending = {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  /** Whether it was begun with a proof by a factor that was there. */
  readonly isProven: boolean;
  readonly expiresAtMs: number;
  /** Wrong codes so far. */
  wrongCodes: number;
} & (
  | { readonly kind: 'totp'; readonly secret: Uint8Array }
  | { readonly kind: 'webauthn'; readonly challenge: string }
);
