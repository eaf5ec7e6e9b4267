import { randomBytes } from 'node:crypto';
import type { Entry, Voter } from '@plumbline/core';

import type { Caller } from '../routes/caller.ts';
import type { Subject } from '../store/vault.ts';
import type { People } from './people.ts';
import { openEntry, type Reading } from './read-entry.ts';
import { refused, served } from './served.ts';
import type { Recorded, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** A seat in approvals that is somebody else's for a while. Times are ms UTC. */
export type GivenSeat = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly untilMs: number;
  readonly givenAt: number;
};

/**
 * Seats that people gave away.
 *
 * Contract:
 * - `give` is for people, of their own seat, for at most 90 days; to give it to oneself is a
 *   `bad-request`. It counts once it is durable.
 * - `giveBack` is for who gave it, who holds it, or `isAdmin`; another is told that there is none.
 * - `giversOf` leaves out seats whose time ran out, whose giver was erased, or has no good key.
 */
export type Seats = {
  readonly list: () => Promise<readonly GivenSeat[]>;
  readonly give: (
    seat: { readonly to: string; readonly untilMs: number },
    by: Caller,
  ) => Promise<Served<GivenSeat & Recorded>>;
  readonly giveBack: (
    id: string,
    by: Caller,
    rights: { readonly isAdmin: boolean },
  ) => Promise<Served<Recorded>>;
  readonly giversOf: (to: string) => Promise<readonly Voter[]>;
};

/** What seats are kept with. */
export type SeatsNeeds = Reading & {
  readonly write: WriteEntry;
  readonly subjects: {
    readonly named: (name: string) => Promise<Subject>;
    readonly byId: (id: string) => Promise<Subject | undefined>;
  };
  readonly people: People;
  readonly clock: () => number;
  /** The entries of earlier runs that gave and returned seats, in order. */
  readonly seats: readonly Entry[];
};

type KeptSeat = GivenSeat & { readonly groups: readonly string[]; readonly subject: string };

const LONGEST_MS = 90 * 86_400_000;
const MOST_SEATS = 10_000;

/** Returns the service of seats, with those of earlier runs that still count. */
export async function openSeats(needs: SeatsNeeds): Promise<Seats> {
  const seats = new Map<string, KeptSeat>();
  for (const entry of needs.seats) await fold(needs, seats, entry);
  const standing = (): readonly KeptSeat[] => {
    for (const [id, { untilMs }] of seats) if (untilMs <= needs.clock()) seats.delete(id);
    return [...seats.values()];
  };
  return {
    list: () => Promise.resolve(standing().map(shown)),
    give: (seat, by) => give(needs, { seats, taken: standing().length }, { seat, by }),
    giveBack: async (id, by, { isAdmin }) => {
      const seat = seats.get(id);
      const own = by.person?.id.toLowerCase();
      const isTheirs = seat?.from.toLowerCase() === own || seat?.to.toLowerCase() === own;
      if (seat === undefined || (!isTheirs && !isAdmin)) {
        return refused('not-found', `there is no seat \`${id}\` of yours`);
      }
      const written = await needs.write({
        kind: 'seat_returned',
        agent: null,
        open: { id, by: by.id },
      });
      if (written.ok) seats.delete(id);
      return written.ok ? served({ index: written.value.index }) : written;
    },
    giversOf: (to) => giversOf(needs, standing(), to),
  };
}

async function give(
  needs: SeatsNeeds,
  { seats, taken }: { readonly seats: Map<string, KeptSeat>; readonly taken: number },
  { seat, by }: { readonly seat: { readonly to: string; readonly untilMs: number }; by: Caller },
): Promise<Served<GivenSeat & Recorded>> {
  const { to, untilMs } = seat;
  if (by.person === null) {
    return refused('forbidden', "a seat is a person's to give: use a person's own key");
  }
  const { id: from, groups } = by.person;
  if (from.toLowerCase() === to.toLowerCase()) {
    return refused('bad-request', '`to` is yourself: name another person', { at: 'to' });
  }
  const now = needs.clock();
  if (untilMs <= now || untilMs > now + LONGEST_MS) {
    const why = '`untilMs` must lie ahead, and within 90 days';
    return refused('bad-request', why, { at: 'untilMs' });
  }
  if (taken >= MOST_SEATS) return refused('overloaded', `${taken} seats are given away already`);
  const id = `seat_${randomBytes(12).toString('hex')}`;
  const subject = await needs.subjects.named(from);
  const written = await needs.write({
    kind: 'seat_given',
    agent: null,
    open: { id, by: by.id, untilMs },
    sealed: { secret: { from, to, groups }, subject },
  });
  if (!written.ok) return written;
  const kept = { id, from, to, untilMs, givenAt: written.value.at, groups, subject: subject.id };
  seats.set(id, kept);
  return served({ ...shown(kept), index: written.value.index });
}

function shown({ id, from, to, untilMs, givenAt }: KeptSeat): GivenSeat {
  return { id, from, to, untilMs, givenAt };
}

async function fold(needs: SeatsNeeds, seats: Map<string, KeptSeat>, entry: Entry): Promise<void> {
  const { id, untilMs } = entry.open;
  if (typeof id !== 'string') return;
  if (entry.kind === 'seat_returned') {
    seats.delete(id);
    return;
  }
  if (typeof untilMs !== 'number' || untilMs <= needs.clock()) return;
  const unsealed = await openEntry(needs, entry);
  if (unsealed.state !== 'opened') return;
  const { from, to, groups } = unsealed.secret;
  if (typeof from !== 'string' || typeof to !== 'string' || !Array.isArray(groups)) return;
  const known = groups.filter((group) => typeof group === 'string');
  const subject = entry.sealed?.subject ?? '';
  seats.set(id, { id, from, to, untilMs, givenAt: entry.at, groups: known, subject });
}

async function giversOf(
  { people, subjects }: SeatsNeeds,
  seats: readonly KeptSeat[],
  to: string,
): Promise<readonly Voter[]> {
  const givers: Voter[] = [];
  for (const seat of seats) {
    if (seat.to.toLowerCase() !== to.toLowerCase()) continue;
    if ((await subjects.byId(seat.subject)) === undefined) continue;
    const giver = await people.find(seat.from, seat.groups);
    if (giver !== undefined) givers.push(giver);
  }
  return givers;
}
