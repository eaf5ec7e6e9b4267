import type { Budget, CompiledPact, Event, Json, Window } from '@plumbline/core';

import { compareDecimals, type Decimal, decimalOf, plus } from './decimal.ts';
import { argsLetThrough, type EventOf, isLetThrough, type OpenSession } from './history.ts';
import { valueAt } from './paths.ts';

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

/** Where and when something is counted. */
export type Counting = {
  readonly pact: CompiledPact;
  readonly history: readonly Event[];
  readonly session: OpenSession | null;
  readonly now: number;
};

/** An allow rule of one layer, by the layer's position. */
export type Charged = { readonly layer: number; readonly rule: string };

/** Returns how many calls one allow rule has been charged in the window that `now` is in. */
export function callsUsed(counting: Counting, charged: Charged, per: Window): number {
  return chargesOf(counting, charged, per).length;
}

/** Returns the sum charged to one budget in the window that `now` is in. */
export function sumUsed(counting: Counting, charged: Charged, budget: Budget): Decimal {
  return chargesOf(counting, charged, budget.per)
    .map((event) => decimalOf(amountAt(argsLetThrough(event), budget.sum)))
    .reduce((sum: Decimal, amount) => (amount === null ? sum : plus(sum, amount)), {
      units: 0n,
      scale: 0,
    });
}

/** Returns whether one more call with these arguments has room in the budget. */
export function hasRoom(
  counting: Counting,
  charged: Charged,
  { budget, args }: { readonly budget: Budget; readonly args: Json },
): boolean {
  const amount = decimalOf(amountAt(args, budget.sum));
  const most = decimalOf(budget.max);
  if (amount === null || most === null || amount.units < 0n) return false;
  return compareDecimals(plus(sumUsed(counting, charged, budget), amount), most) <= 0;
}

/** Returns the argument a budget sums; its path may start with `args.`. */
export function amountAt(args: Json, path: string): Json | undefined {
  return valueAt(args, path.replace(/^args\./, ''));
}

/** Returns when the window that `now` is in ends, or null for one that does not end by itself. */
export function windowEnd(pact: CompiledPact, per: Window, now: number): number | null {
  if (per.kind === 'window') return (Math.floor(now / per.lengthMs) + 1) * per.lengthMs;
  return per.kind === 'day' ? endOfDay(pact, now) : null;
}

/** The first quarter of an hour of the next day: no zone's day begins at another time. */
function endOfDay(pact: CompiledPact, now: number): number {
  let end = (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS;
  while (dayOf(pact, end) === dayOf(pact, now)) end += QUARTER_MS;
  return end;
}

function dayOf(pact: CompiledPact, at: number): number {
  return Math.floor((at + pact.offsetMs(at)) / DAY_MS);
}

function chargesOf(
  counting: Counting,
  { layer, rule }: Charged,
  per: Window,
): readonly EventOf<'decided'>[] {
  return counting.history
    .filter(isLetThrough)
    .filter(({ decision }) => decision.charges[layer] === rule)
    .filter((event) => isInWindow(counting, event, per))
    .filter(({ id }) => !wasGivenBack(counting.history, id));
}

function isInWindow(counting: Counting, event: Event, per: Window): boolean {
  const { pact, now } = counting;
  switch (per.kind) {
    case 'call':
      return false;
    case 'session':
      return counting.session?.life.includes(event) ?? false;
    case 'day':
      return dayOf(pact, event.at) === dayOf(pact, now);
    case 'agent':
      return true;
    case 'window':
      return Math.floor(event.at / per.lengthMs) === Math.floor(now / per.lengthMs);
    default:
      return per satisfies never;
  }
}

function wasGivenBack(history: readonly Event[], id: string): boolean {
  return history.some(
    (event) => event.kind === 'outcome' && event.decision === id && event.status === 'not_sent',
  );
}
