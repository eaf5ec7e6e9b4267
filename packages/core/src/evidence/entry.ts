import type { Json, JsonObject } from '../json.ts';

/** Everything that can stand in the ledger. Source: spec/entries.md, section "Kinds". */
export const ENTRY_KINDS = [
  'session_opened',
  'session_closed',
  'message',
  'decided',
  'outcome',
  'approval',
  'claim',
  'finding',
  'gate',
  'armed',
  'halt',
  'resume',
  'lock',
  'unlock',
  'conflict',
  'shadowed',
  'read',
  'agent_added',
  'pact_proposed',
  'pact_published',
  'pact_shadowed',
  'pact_withdrawn',
  'self_test',
  'boot',
  'shutdown',
  'heartbeat',
  'key_added',
  'key_revoked',
  'erasure',
  'refused',
  'rolled',
  'continues',
  'quota',
] as const;

/** One of the kinds of entries. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A sealed payload; `nonce`, `mac` and `text` in base64. Source: spec/entries.md, "Sealing". */
export type Sealed = {
  readonly subject: string;
  readonly nonce: string;
  readonly mac: string;
} & (
  { readonly text: string } | { readonly blob: { readonly digest: string; readonly size: number } }
);

/** One entry as it stands in the ledger. Source: spec/entries.md, section "The envelope". */
export type Entry = {
  readonly v: 1;
  readonly at: number;
  readonly kind: EntryKind;
  readonly agent: string | null;
  readonly session: string | null;
  readonly n: number;
  readonly prev: string | null;
  readonly trace?: { readonly traceId: string; readonly spanId: string };
  readonly open: { readonly [key: string]: Json };
  readonly sealed: Sealed | null;
};

/** What one event leaves in the ledger: what everyone may read, and what is sealed first. */
export type Parts = { readonly open: JsonObject; readonly secret: JsonObject | null };
