import { randomBytes } from 'node:crypto';
import { isEntitled } from '@plumbline/core';

import type { Caller } from '../routes/caller.ts';
import type { Role, Vault } from '../store/vault.ts';
import type { BreakGlassBook, BrokenGlass, ReviewFinding } from './break-glass-book.ts';
import type { Factors, Proof, Purpose } from './factors/factors.ts';
import { namesOf } from '../routes/names-of.ts';
import { refused, served } from './served.ts';
import type { Recorded, Served } from './services.ts';
import { makeTurns } from './turns.ts';
import type { WriteEntry } from './write-entry.ts';

/** Roles that are asked for, for so many minutes. */
export type GlassRequest = {
  readonly reason: string;
  readonly roles: readonly Role[];
  readonly minutes: number;
  readonly proof: Proof | undefined;
  readonly purpose: Purpose;
};

/** Roles that were taken. */
export type TakenRoles = Recorded & {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly untilMs: number;
};

/** What another person found. */
export type Review = {
  readonly id: string;
  readonly finding: ReviewFinding;
  readonly reason: string;
};

/** How many hold roles now, whose review is owed, and which are owed for too long. */
export type GlassSums = {
  readonly active: number;
  readonly owed: number;
  readonly overdue: number;
};

/** A row of the list: with when its review is overdue. */
export type ShownGlass = BrokenGlass & { readonly reviewByMs: number };

/**
 * Access in an emergency, recorded and reviewed.
 *
 * Contract:
 * - Whom `breakGlass.holders` names takes roles it lists, for at most so long, with a fresh proof.
 * - The roles hold for the person's every key and token, in memory: a restart ends them, and says
 *   so in the ledger.
 * - Every call under them is in the ledger before it is handled (`noteUse`); one that cannot be
 *   written down is not handled.
 * - Each is reviewed by another person, who was not under one at that time, and with no key that
 *   was made while it held, or by means of such a key. So is every admin key
 *   that the socket makes, but the first start's.
 */
export type BreakGlass = {
  readonly start: (request: GlassRequest, by: Caller) => Promise<Served<TakenRoles>>;
  readonly end: (id: string, by: Caller, mayAny: boolean) => Promise<Served<Recorded>>;
  readonly review: (review: Review, by: Caller) => Promise<Served<Recorded>>;
  readonly list: () => readonly ShownGlass[];
  readonly sums: () => GlassSums;
  /** Returns the caller with the roles they took; synchronous, for every request. */
  readonly lift: (caller: Caller) => Caller;
  readonly noteUse: (use: {
    readonly id: string;
    readonly operation: string;
    readonly agent: string | null;
    readonly by: string;
  }) => Promise<Served<Recorded>>;
  /** Owes a review of an admin key that was made on the machine itself. */
  readonly recovered: (of: {
    readonly key: string;
    readonly person: string;
  }) => ReturnType<WriteEntry>;
  /** Writes down that roles ran out, or, at a start, that it ended them. */
  readonly sweep: (why: 'over' | 'restart') => Promise<void>;
};

/** What emergency access works with; `rule` is `breakGlass` of the configuration. */
export type BreakGlassNeeds = {
  readonly factors: Pick<Factors, 'check' | 'pseudonymOf'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly book: BreakGlassBook;
  readonly vault: Pick<Vault, 'key'>;
  readonly rule: {
    readonly holders: readonly string[];
    readonly roles: readonly Role[];
    readonly maxMinutes: number;
    readonly factor: 'totp' | 'webauthn';
    readonly reviewWithinMs: number;
  };
};

type Desk = BreakGlassNeeds & {
  /** Those that hold, by the person's pseudonym. */
  readonly active: Map<string, BrokenGlass>;
};

const MINUTE_MS = 60_000;

/** Returns the service of emergency access; nobody holds anything yet. */
export function makeBreakGlass(needs: BreakGlassNeeds): BreakGlass {
  const desk: Desk = { ...needs, active: new Map() };
  const turn = makeTurns();
  const { book, clock, write } = needs;
  return {
    start: (request, by) => turn('start', () => start(desk, request, by)),
    end: (id, by, mayAny) => turn(id, () => end(desk, { id, by, mayAny })),
    review: (review, by) => turn(review.id, () => close(desk, review, by)),
    list: () => book.rows().map((row) => ({ ...row, reviewByMs: reviewBy(desk, row) })),
    sums: () => sumsOf(desk),
    lift: (caller) => lift(desk, caller),
    noteUse: ({ id, operation, agent, by }) =>
      write({ kind: 'break_glass_used', agent: null, open: { id, operation, agent, by } }),
    recovered: ({ key, person }) => note(desk, 'break_glass', recoveredOf(desk, { key, person })),
    sweep: async (why) => {
      for (const row of book.rows()) {
        const isOver = why === 'restart' || (row.untilMs ?? Infinity) <= clock();
        if (row.endedAt !== null || !isOver) continue;
        desk.active.delete(row.person);
        await note(desk, 'break_glass_ended', { id: row.id, why, by: 'local' });
      }
    },
  };
}

type Kind = 'break_glass' | 'break_glass_ended' | 'break_glass_reviewed';

/** What is durable is folded as a start would fold it. */
async function note(
  { write, book }: Desk,
  kind: Kind,
  open: Parameters<WriteEntry>[0]['open'],
): ReturnType<WriteEntry> {
  const written = await write({ kind, agent: null, open });
  if (written.ok) book.fold({ kind, open, ...written.value });
  return written;
}

async function start(desk: Desk, request: GlassRequest, by: Caller): Promise<Served<TakenRoles>> {
  const why = whyNot(desk, request, by);
  if (why !== null) return why;
  const { proof, purpose, roles, reason } = request;
  const proven = await desk.factors.check(by, { demand: desk.rule.factor, proof, purpose });
  if (!proven.ok) return proven;
  // The rule always demands a factor.
  if (proven.value === null) return refused('needs-proof', 'this takes a proof');
  const { person, factor, mechanism, at } = proven.value;
  const id = glassId();
  const untilMs = at + request.minutes * MINUTE_MS;
  const about = { id, what: 'taken', roles: [...roles], reason, untilMs, key: null };
  const open = { ...about, person, factor, mechanism, by: by.id };
  const written = await note(desk, 'break_glass', open);
  if (!written.ok) return written;
  const row = desk.book.row(id);
  if (row !== undefined) desk.active.set(person, row);
  return served({ index: written.value.index, id, roles, untilMs });
}

function glassId(): string {
  return `bgl_${randomBytes(8).toString('hex')}`;
}

function whyNot(
  { rule, active, factors, clock }: Desk,
  { roles, minutes }: GlassRequest,
  { person }: Caller,
): Served<never> | null {
  if (person === null) return refused('forbidden', "come with a person's own key or token");
  if (!isEntitled(person, rule.holders)) {
    return refused('forbidden', '`breakGlass.holders` does not name you');
  }
  const strange = roles.find((role) => !rule.roles.includes(role));
  if (strange !== undefined) {
    const allowed = rule.roles.join(', ');
    return refused('forbidden', `\`${strange}\` is not taken so; \`breakGlass.roles\`: ${allowed}`);
  }
  if (minutes > rule.maxMinutes) {
    const most = `it holds for ${rule.maxMinutes} minutes at most`;
    return refused('bad-request', most, { at: 'minutes' });
  }
  const held = active.get(factors.pseudonymOf(person.id));
  if (held === undefined || (held.untilMs ?? 0) <= clock()) return null;
  return refused('conflict', `you hold \`${held.id}\` already: give it back first`);
}

function recoveredOf(
  { factors }: Desk,
  { key, person }: { readonly key: string; readonly person: string },
): Parameters<WriteEntry>[0]['open'] {
  const reason = 'an admin key was made on the machine itself';
  const about = { id: glassId(), what: 'recovered', roles: ['admin'], reason, untilMs: null };
  const whose = { key, person: factors.pseudonymOf(person) };
  return { ...about, ...whose, factor: null, mechanism: null, by: 'local' };
}

async function end(
  desk: Desk,
  { id, by, mayAny }: { readonly id: string; readonly by: Caller; readonly mayAny: boolean },
): Promise<Served<Recorded>> {
  const row = desk.book.row(id);
  if (row === undefined) return refused('not-found', `there is no break-glass \`${id}\``);
  const isOwn = by.person !== null && desk.factors.pseudonymOf(by.person.id) === row.person;
  if (!isOwn && !mayAny) return refused('forbidden', 'only its holder or an admin ends it');
  if (row.endedAt !== null) return refused('conflict', `\`${id}\` has ended already`);
  // What must end ends first: the record follows.
  desk.active.delete(row.person);
  const written = await note(desk, 'break_glass_ended', { id, why: 'given-back', by: by.id });
  return written.ok ? served({ index: written.value.index }) : written;
}

async function close(
  desk: Desk,
  { id, finding, reason }: Review,
  by: Caller,
): Promise<Served<Recorded>> {
  if (by.person === null) return refused('forbidden', "review it with a person's own key or token");
  const row = desk.book.row(id);
  if (row === undefined) return refused('not-found', `there is no break-glass \`${id}\``);
  const person = desk.factors.pseudonymOf(by.person.id);
  const isOwn = namesOf(by.person).some((name) => desk.factors.pseudonymOf(name) === row.person);
  if (isOwn || by.id === row.key || by.id === row.by) {
    return refused('forbidden', 'nobody reviews their own: ask another person');
  }
  if (by.breakGlass !== undefined) {
    return refused('forbidden', 'you are under a break-glass yourself: ask another person');
  }
  if (row.endedAt === null) return refused('conflict', `\`${id}\` has not ended yet`);
  if (row.review !== null) return refused('conflict', `\`${id}\` was reviewed already`);
  if (await isKeyOfIts(desk, row, by.id)) {
    return refused('forbidden', 'your key was made under it: ask somebody who was known before');
  }
  const open = { id, finding, reason, by: by.id, person };
  const written = await note(desk, 'break_glass_reviewed', open);
  return written.ok ? served({ index: written.value.index }) : written;
}

// Whoever holds the roles of an admin could make themselves a reviewer.
async function isKeyOfIts({ vault }: Desk, row: BrokenGlass, id: string): Promise<boolean> {
  if (row.what === 'recovered') return false;
  for (let next = id; ;) {
    const key = await vault.key(next);
    if (key === undefined || key.addedAt < row.at) return false;
    if (key.addedAt <= (row.endedAt ?? Infinity)) return true;
    next = key.addedBy;
  }
}

function reviewBy({ rule }: Desk, { endedAt, untilMs, at }: BrokenGlass): number {
  return (endedAt ?? untilMs ?? at) + rule.reviewWithinMs;
}

function sumsOf(desk: Desk): GlassSums {
  const now = desk.clock();
  const owed = desk.book.rows().filter(({ review }) => review === null);
  return {
    active: [...desk.active.values()].filter(({ untilMs }) => (untilMs ?? 0) > now).length,
    owed: owed.length,
    overdue: owed.filter((row) => reviewBy(desk, row) < now).length,
  };
}

function lift({ active, factors, clock }: Desk, caller: Caller): Caller {
  if (active.size === 0 || caller.person === null) return caller;
  const held = active.get(factors.pseudonymOf(caller.person.id));
  if (held === undefined || (held.untilMs ?? 0) <= clock()) return caller;
  const roles = [...new Set([...caller.roles, ...held.roles])];
  return { ...caller, roles, breakGlass: held.id };
}
