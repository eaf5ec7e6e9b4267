import type { Event } from '../decide/event.ts';
import { lockKey } from '../decide/state.ts';

/** What a lock is on: one entity, or one field of it (`field` null: all of it). */
export type LockOn = {
  readonly entity: string;
  readonly id: string;
  readonly field: string | null;
};

/** A lock as it was set: until when (ms UTC, null: until it is removed), by which key, and why. */
export type Lock = LockOn & {
  readonly untilMs: number | null;
  readonly by: string;
  readonly reason: string | null;
  readonly at: number;
};

/** The locks of one agent by what they are on: its own, and those every agent has. */
export type LockNotes = {
  readonly own: Map<string, Lock>;
  readonly shared: Map<string, Lock>;
};

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

/** Returns the key of what a lock is on. */
export function keyOfLock({ entity, id, field }: LockOn): string {
  return lockKey(entity, id, field);
}

/** Takes down a lock that was set or lifted. */
export function noteLock({ own, shared }: LockNotes, event: Of<'lock'> | Of<'unlock'>): void {
  const notes = event.isOnEveryAgent === true ? shared : own;
  if (event.kind === 'unlock') notes.delete(keyOfLock(event));
  else notes.set(keyOfLock(event), lockOf(event));
}

function lockOf({ entity, id, field, untilMs, by, reason, at }: Of<'lock'>): Lock {
  return { entity, id, field, untilMs, by, reason: reason ?? null, at };
}

/** Returns whether a lock holds at a moment. */
export function isInForce({ untilMs }: Pick<Lock, 'untilMs'>, now: number): boolean {
  return untilMs === null || now < untilMs;
}

/**
 * Returns the events that set or lift one lock, in order. What one layer lifts or shortens the
 * other still holds, so the lock of the other layer is set again after it.
 *
 * INVARIANT: after them the kernel holds the later end of the two layers.
 */
export function lockEvents(
  notes: LockNotes,
  event: Of<'lock'> | Of<'unlock'>,
): readonly (Of<'lock'> | Of<'unlock'>)[] {
  const isShared = event.isOnEveryAgent === true;
  const other = (isShared ? notes.own : notes.shared).get(keyOfLock(event));
  if (other === undefined || (event.kind === 'lock' && lasts(event.untilMs, other.untilMs))) {
    return [event];
  }
  const { entity, id, field, untilMs, by, reason } = other;
  const again = {
    kind: 'lock',
    at: event.at,
    entity,
    id,
    field,
    untilMs,
    by,
    ...(reason === null ? {} : { reason }),
    ...(isShared ? {} : { isOnEveryAgent: true as const }),
  } as const;
  return [event, again];
}

function lasts(untilMs: number | null, other: number | null): boolean {
  return untilMs === null || (other !== null && untilMs >= other);
}
