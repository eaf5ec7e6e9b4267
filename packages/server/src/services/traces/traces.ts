import type { JsonObject } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import type { SessionRow } from '../../store/models.ts';
import type { Served } from '../services.ts';

/**
 * Whose word an entry brought into a session: its principal's, a stranger's, or a tool's. A tool's
 * is `trusted`, `untrusted`, or `mixed` where the pact says so by the field.
 */
export type TraceSource = {
  readonly from: 'principal' | 'stranger' | 'tool';
  readonly tool: string | null;
  readonly trust: 'principal' | 'trusted' | 'untrusted' | 'mixed';
};

/** One entry of a session. `secret` is null unless it was opened. */
export type TraceRow = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly open: JsonObject;
  readonly sealed: 'none' | 'sealed' | 'opened' | 'erased' | 'missing';
  readonly secret: JsonObject | null;
  /** Null for what brings nothing that the session sees. */
  readonly source: TraceSource | null;
};

/**
 * A part of a session, oldest first. `next` is what `after` of the following part is; null: this is
 * the last.
 */
export type Trace = {
  readonly session: SessionRow;
  readonly rows: readonly TraceRow[];
  readonly next: number | null;
  readonly nextIndex: number;
};

/** Which part of which session. `after` is exclusive; null: from its beginning. */
export type TraceAsked = {
  readonly agent: string;
  readonly session: string;
  readonly after: number | null;
  readonly limit: number;
};

/** A room as who opened its sessions called it, of some agents; null: of all. */
export type RoomAsked = { readonly room: string; readonly agents: readonly string[] | null };

/** The last sessions of a room, newest first, among so many that were looked at. */
export type RoomSessions = {
  readonly rows: readonly SessionRow[];
  readonly looked: number;
  /** Whether every session there is was looked at. */
  readonly isAll: boolean;
};

/**
 * Everything of a session, in order.
 *
 * Contract: `opened` appends one `read` entry for each part, durable before the answer. A part ends
 * early where it would be too large. A session that is not there, or of another agent, is
 * `unknown-session`. `room` appends one `read` entry for each session it tells of.
 */
export type Traces = {
  readonly recorded: (asked: TraceAsked) => Promise<Served<Trace>>;
  readonly opened: (asked: TraceAsked, by: Caller) => Promise<Served<Trace>>;
  readonly room: (asked: RoomAsked, by: Caller) => Promise<Served<RoomSessions>>;
};
