import type { TakeBytes } from '../../record/pack-in-thread.ts';
import type { Caller } from '../../routes/caller.ts';
import type { Served } from '../services.ts';

/**
 * Which sessions: those named, or those of an agent, that have an entry within a time. `fromAt` is
 * inclusive and `untilAt` exclusive, ms UTC; null: without end.
 */
export type PackAsked = {
  readonly agent: string | null;
  readonly sessions: readonly string[];
  readonly fromAt: number | null;
  readonly untilAt: number | null;
};

/** What a pack would hold. `bytes` is an estimate of the file without openings, and with them. */
export type PackPlan = {
  readonly agents: readonly string[];
  readonly sessions: number;
  /** Sessions that began in a log before the one that is written, and are not in the pack. */
  readonly earlier: number;
  readonly entries: number;
  /** How many of them have a part that is sealed. */
  readonly sealed: number;
  readonly bytes: { readonly closed: number; readonly opened: number };
};

/** A pack that may be written. `name` is its file; it is written once it is taken, and once. */
export type StartedPack = {
  readonly name: string;
  readonly plan: PackPlan;
  readonly run: (signal: AbortSignal, take: TakeBytes) => Promise<void>;
};

/** What a pack is asked for, and whether with the openings of its sessions. */
export type PackOrder = PackAsked & { readonly opened: boolean };

/**
 * Evidence packs, as `plumb pack` writes them.
 *
 * Contract:
 * - Only sessions of agents the caller is for are chosen: another is `unknown-session`.
 * - What takes `read-sealed` is in a pack only where `opened` is asked for; then a `read` of
 *   each session is durable before anything is handed out. The route asks for the right.
 * - Nothing matches: `not-found`. More than is written at once: `too-large`. Others are being
 *   written: `overloaded`; who started runs it, or the place stays taken for a minute.
 * - A pack that cannot be ended does not end: its bytes stop short of an archive that is whole.
 */
export type Packs = {
  readonly plan: (asked: PackAsked, by: Caller) => Promise<Served<PackPlan>>;
  readonly start: (order: PackOrder, by: Caller) => Promise<Served<StartedPack>>;
};
