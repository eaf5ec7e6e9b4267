import type { Json, JsonObject } from '../json.ts';

/** Everything that can stand in the ledger, and whose chain. Source: spec/entries.md, "Kinds". */
export const CHAIN_OF = {
  session_opened: 'session',
  session_closed: 'session',
  reported: 'session',
  message: 'session',
  decided: 'session',
  outcome: 'session',
  approval: 'session',
  vote: 'session',
  approval_link: 'session',
  claim: 'session',
  claim_revoked: 'session',
  token_used: 'agent',
  delegated: 'session',
  escalated: 'session',
  finding: 'session',
  gate: 'agent or session',
  armed: 'agent',
  halt: 'agent',
  resume: 'agent',
  halt_effective: 'agent',
  executor_started: 'agent',
  executor_ended: 'agent',
  drill_scheduled: 'agent',
  drill_started: 'agent',
  drill_done: 'agent',
  drill_alert: 'agent',
  observed: 'session',
  fleet_halted: 'node',
  fleet_resumed: 'node',
  lock: 'agent',
  unlock: 'agent',
  correction: 'agent',
  audit_begun: 'agent',
  audit_drawn: 'agent',
  audit_judged: 'agent',
  review_raised: 'agent',
  review_closed: 'agent',
  undo_planned: 'agent',
  undo_asked: 'agent',
  undo_voted: 'agent',
  undo_run: 'agent',
  undo_step: 'agent',
  undo_ended: 'agent',
  alert: 'session',
  conflict: 'session',
  shadowed: 'session',
  read: 'agent',
  agent_added: 'agent',
  pact_proposed: 'agent',
  pact_published: 'agent',
  pact_shadowed: 'agent',
  pact_withdrawn: 'agent',
  self_test: 'agent',
  tool_pinned: 'agent',
  tool_quarantined: 'agent',
  tool_refused: 'session',
  bypass_found: 'agent or node',
  staging_moved: 'agent',
  boot: 'node',
  shutdown: 'node',
  heartbeat: 'node',
  key_added: 'node',
  key_revoked: 'node',
  credential_added: 'node',
  credential_rotated: 'node',
  credential_revoked: 'node',
  credential_used: 'agent',
  credential_dropped: 'agent',
  signed_in: 'node',
  signed_out: 'node',
  seat_given: 'node',
  seat_returned: 'node',
  erasure: 'node',
  node_lock: 'node',
  node_unlock: 'node',
  refused: 'node',
  rolled: 'node',
  continues: 'node',
  quota: 'node',
  factor_enrolled: 'node',
  factor_removed: 'node',
  factor_locked: 'node',
  grant_given: 'agent',
  break_glass: 'node',
  break_glass_used: 'node',
  break_glass_ended: 'node',
  break_glass_reviewed: 'node',
  notifying: 'node',
  notified: 'node',
  incident_word: 'node',
} as const;

/** One of the kinds of entries. */
export type EntryKind = keyof typeof CHAIN_OF;

/**
 * Every kind of entries, in the order of the table. `Object.keys` forgets that they are its names.
 */
export const ENTRY_KINDS: readonly EntryKind[] = Object.keys(CHAIN_OF) as EntryKind[];

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
