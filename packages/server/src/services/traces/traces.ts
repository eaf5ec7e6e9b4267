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

/**
 * A room as who opened its sessions called it, of some agents; null: of all. `before` is exclusive;
 * null: from the newest on.
 */
export type RoomAsked = {
  readonly room: string;
  readonly agents: readonly string[] | null;
  readonly before: number | null;
  readonly limit: number;
};

/**
 * Sessions of a room, newest first. `next` is what `before` of the following page is, which may be
 * there after a page without rows; null: there are no more.
 */
export type RoomSessions = {
  readonly rows: readonly SessionRow[];
  /** So many openings were opened to find them. */
  readonly looked: number;
  readonly next: number | null;
};

/**
 * An entry about a session in the chains of its agent: what halted it or let it go on, what changed
 * its rules, who read it, what people said of it and what was taken back. `covers` is `unknown` for
 * the halt of a room or a task where only what is sealed says whether the session is of it.
 */
export type AroundRow = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly agent: string;
  readonly open: JsonObject;
  readonly covers: 'yes' | 'unknown';
};

/** Whose surroundings are asked for. */
export type AroundAsked = { readonly agent: string; readonly session: string };

/** What stands about a session, in order; `isAll` is false where more was written than is told. */
export type Around = { readonly rows: readonly AroundRow[]; readonly isAll: boolean };

/**
 * Everything of a session, in order.
 *
 * Contract: `opened` appends one `read` entry for each part, durable before the answer. A part ends
 * early where it would be too large. A session that is not there, or of another agent, is
 * `unknown-session`. `room` appends one `read` entry for each session it tells of. `around`
 * tells of at most 500 entries of a kind, and opens nothing.
 */
export type Traces = {
  readonly recorded: (asked: TraceAsked) => Promise<Served<Trace>>;
  readonly opened: (asked: TraceAsked, by: Caller) => Promise<Served<Trace>>;
  readonly around: (asked: AroundAsked) => Promise<Served<Around>>;
  readonly room: (asked: RoomAsked, by: Caller) => Promise<Served<RoomSessions>>;
};
