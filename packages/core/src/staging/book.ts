import { setBounded } from '../decide/bounded.ts';
import type { Entry } from '../evidence/entry.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { type Route, STAGING_PHASES, type StagingPhase, type StagingRule } from './rule.ts';

/** What was observed in one phase of one pact. Each count stops at the sample of its check. */
export type StagingBookPhase = {
  readonly phase: StagingPhase;
  readonly sinceMs: number;
  readonly isHeld: boolean;
  /** Who moved it there; `plumbline` where its checks did. */
  readonly by: string;
  readonly outcomes: number;
  readonly errors: number;
  readonly slow: number;
  readonly decided: number;
  readonly refused: number;
  readonly halts: number;
};

/**
 * How far the staged actions of one agent have come, by the digest of the pact: folded from the
 * ledger, never read by `decide`.
 */
export type StagingBook = {
  readonly phases: Map<string, StagingBookPhase>;
  /** Decisions of the phase that wait for their outcome: when each was made. */
  readonly flights: Map<string, number>;
  /** Those of which nobody knows the end yet: since when. */
  readonly unknowns: Map<string, number>;
};

/** The same as plain JSON. */
export type SavedStaging = {
  readonly phases: readonly (readonly [string, StagingBookPhase])[];
  readonly flights: readonly (readonly [string, number])[];
  /** Missing in a snapshot from before there was any. */
  readonly unknowns?: readonly (readonly [string, number])[];
};

const MOST_PACTS = 64;
const MOST_FLIGHTS = 10_000;
/** From here on a call counts as slow, ms. */
const SLOW_MS = 10_000;
/** From here on an action whose end nobody knows counts as failed, ms. */
const LOST_MS = 600_000;

/** Returns the book of an agent of which nothing has happened yet. */
export function noStaging(): StagingBook {
  return { phases: new Map(), flights: new Map(), unknowns: new Map() };
}

/** Returns a book as plain JSON. */
export function saveStaging({ phases, flights, unknowns }: StagingBook): SavedStaging {
  return { phases: [...phases], flights: [...flights], unknowns: [...unknowns] };
}

/** Returns the book that was saved. */
export function restoreStaging({ phases, flights, unknowns = [] }: SavedStaging): StagingBook {
  return { phases: new Map(phases), flights: new Map(flights), unknowns: new Map(unknowns) };
}

/** Returns a phase in which nothing was observed. */
function freshPhase(phase: StagingPhase, sinceMs: number, by: string): StagingBookPhase {
  const nothing = { outcomes: 0, errors: 0, slow: 0, decided: 0, refused: 0, halts: 0 };
  return { phase, sinceMs, isHeld: false, by, ...nothing };
}

/** Returns how many actions have had no known end for so long that they count as failed. */
export function lostIn({ unknowns }: StagingBook, nowMs: number): number {
  return [...unknowns.values()].filter((at) => nowMs - at >= LOST_MS).length;
}

/** Returns the phase of a pact: the one it begins with while nothing of it is known. */
export function phaseOf(
  { phases }: StagingBook,
  rule: StagingRule,
  { pact, nowMs }: { readonly pact: string; readonly nowMs: number },
): StagingBookPhase {
  return phases.get(pact) ?? freshPhase(rule.begins, nowMs, 'plumbline');
}

/**
 * Folds the next entry of an agent. What it holds alone is read, so that the book is the same
 * wherever the entries are.
 *
 * rule: what the armed pact says of staging; null while it says nothing.
 */
export function noteStaging(
  book: StagingBook,
  rule: StagingRule | null,
  entry: Pick<Entry, 'kind' | 'at' | 'open'>,
): void {
  const { kind, at, open } = entry;
  if (kind === 'staging_moved') noteMove(book, open, at);
  else if (rule === null) return;
  else if (kind === 'armed') begin(book, rule, { pact: textOf(open['pact']), at });
  else if (kind === 'decided') noteDecided(book, rule, entry);
  else if (kind === 'outcome') noteOutcome(book, rule, entry);
  else if (kind === 'halt' && open['scope'] !== 'fleet') noteHalt(book);
}

function begin(
  { phases, flights, unknowns }: StagingBook,
  rule: StagingRule,
  { pact, at }: { readonly pact: string; readonly at: number },
): void {
  flights.clear();
  unknowns.clear();
  const known = phases.get(pact);
  // The last is the one that is armed.
  phases.delete(pact);
  phases.set(pact, known ?? freshPhase(rule.begins, at, 'plumbline'));
  const [oldest] = phases.size > MOST_PACTS ? phases.keys() : [];
  if (oldest !== undefined) phases.delete(oldest);
}

function noteMove({ phases, flights, unknowns }: StagingBook, open: JsonObject, at: number): void {
  const { pact, to, held, by } = open;
  const phase = STAGING_PHASES.find((each) => each === to);
  if (phase === undefined || typeof pact !== 'string') return;
  const known = phases.get(pact);
  // A phase that is only held, or let go, goes on with what was observed in it.
  const goesOn = known?.phase === phase && open['restart'] !== true;
  const next = goesOn ? known : freshPhase(phase, at, textOf(by));
  if (!goesOn) {
    flights.clear();
    unknowns.clear();
  }
  phases.set(pact, { ...next, isHeld: held === true, by: textOf(by) });
}

function noteDecided(
  book: StagingBook,
  rule: StagingRule,
  { at, open }: Pick<Entry, 'at' | 'open'>,
): void {
  const route = routeIn(open['route']);
  const pact = textOf(open['pact']);
  if (route === null || !isObserved(route)) return;
  const phase = phaseOf(book, rule, { pact, nowMs: at });
  if (phase.phase !== route.phase) return;
  const isRefused = open['verdict'] === 'deny';
  const isWhole = phase.decided >= rule.sample;
  const counted = isWhole
    ? {}
    : { decided: phase.decided + 1, refused: phase.refused + (isRefused ? 1 : 0) };
  const halts = phase.halts + (isHalting(open['findings']) ? 1 : 0);
  book.phases.set(pact, { ...phase, ...counted, halts });
  if (open['verdict'] !== 'allow' && open['verdict'] !== 'modify') return;
  setBounded(book.flights, MOST_FLIGHTS, [textOf(open['decision']), at]);
}

// While everything is to be tried out, what counts is what was; of a share, what is live.
function isObserved({ phase, side }: Route): boolean {
  return phase === 'canary' ? side === 'live' : phase === 'staging';
}

function isHalting(findings: Json | undefined): boolean {
  if (!Array.isArray(findings)) return false;
  return findings.some((each: Json) => isJsonObject(each) && each['halts'] === 'session');
}

function noteOutcome(
  { phases, flights, unknowns }: StagingBook,
  rule: StagingRule,
  { at, open }: Pick<Entry, 'at' | 'open'>,
): void {
  const decision = textOf(open['decision']);
  const decidedAt = flights.get(decision) ?? unknowns.get(decision);
  const [pact, phase] = [...phases].at(-1) ?? [];
  flights.delete(decision);
  unknowns.delete(decision);
  const { status, redeemedAt } = open;
  if (decidedAt === undefined || pact === undefined || phase === undefined) return;
  // A task that runs is told as unknown as well: another outcome follows it.
  if (status === 'unknown') setBounded(unknowns, MOST_FLIGHTS, [decision, at]);
  if (status === 'not_sent' || status === 'unknown' || phase.outcomes >= rule.sample) return;
  const from = typeof redeemedAt === 'number' ? redeemedAt : decidedAt;
  phases.set(pact, {
    ...phase,
    outcomes: phase.outcomes + 1,
    errors: phase.errors + (status === 'ok' ? 0 : 1),
    slow: phase.slow + (at - from >= SLOW_MS ? 1 : 0),
  });
}

function noteHalt({ phases }: StagingBook): void {
  const [pact, phase] = [...phases].at(-1) ?? [];
  if (pact === undefined || phase === undefined) return;
  phases.set(pact, { ...phase, halts: phase.halts + 1 });
}

/** Returns the route that stands in an entry, or null. */
export function routeIn(value: Json | undefined): Route | null {
  if (!isJsonObject(value ?? null)) return null;
  const { side, upstream, phase }: JsonObject = Object(value);
  const known = STAGING_PHASES.find((each) => each === phase);
  if (known === undefined || (side !== 'live' && side !== 'staging')) return null;
  return { side, upstream: typeof upstream === 'string' ? upstream : null, phase: known };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
