import type { Appended } from '../ledger/sequencer.ts';
import type { Desk } from './desk.ts';
import type { LiveFlight } from './flight-table.ts';
import type { Outcome, OutcomeReport } from './guard.ts';
import type { FlightEnd } from './halts/view.ts';
import type { LiveAgent, RequestNote } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { noteRoleClaim } from './role-claims.ts';
import { isShallow } from './shallow.ts';
import { settleIfTaken } from './staging.ts';
import {
  durably,
  findAgent,
  findSession,
  latch,
  latchOrOwe,
  momentOf,
  recordEvent,
  type Found,
  type Recorded,
} from './turn.ts';

type Report = {
  readonly report: OutcomeReport;
  readonly live: LiveAgent;
  readonly flight: LiveFlight;
};

/**
 * Records what became of an action that was let through. An effect that came about without its
 * permit is recorded too, with the finding `bypass`: what happened stands in the log.
 */
export async function reportOutcome(desk: Desk, report: OutcomeReport): Promise<Outcome<Recorded>> {
  const found = findAgent(desk, report.agent);
  if (!found.ok) return found;
  const live = found.value;
  if (!isShallow(report.result)) {
    return refuse('too-large', '`result` is nested too deep: send it as text');
  }
  const flight = live.flights.get(report.decision);
  // Of a session whose key is lost the flight is known and the session is not: nothing of it is
  // sealed any more.
  const isOpen = live.sessions.has(report.session);
  if (flight?.session !== report.session || !isOpen) return notInFlight(desk, report);
  if (flight.reporting !== null) {
    await flight.reporting;
    return reportOutcome(desk, report);
  }
  const taken = durably(desk, () => done(outcomeTurn(desk, { report, live, flight })));
  flight.reporting = taken;
  const session = live.sessions.get(report.session);
  const note = session?.byDecision.get(report.decision);
  if (note !== undefined) note.reported = taken;
  const recorded = await taken;
  flight.reporting = null;
  return recorded;
}

// A report that was lost on its way back is sent again: by then the first must be durable.
async function notInFlight(desk: Desk, report: OutcomeReport): Promise<Outcome<never>> {
  const found = findSession(desk, report);
  if (!found.ok) return found;
  const { decision } = report;
  const note = found.value.session.byDecision.get(decision);
  if (note?.answer == null) return refuse('unknown-decision', `no decision \`${decision}\` here`);
  const isBelied = report.status === 'ok' || report.status === 'error';
  if (note.isNotSent && isBelied && !note.isBelied) return bely(desk, { ...found.value, note });
  const { verdict } = note.answer;
  if (verdict !== 'allow' && verdict !== 'modify') {
    return refuse('not-let-through', `\`${decision}\` is ${verdict}: nothing was to be done`);
  }
  await note.reported;
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  return refuse('outcome-known', `the outcome of \`${decision}\` is recorded`);
}

// Who held the lease redeemed the permit itself, and tells with the outcome.
function noteForwarded({ parts }: Desk, flight: LiveFlight, { forwarded }: OutcomeReport): void {
  if (forwarded === undefined || forwarded.lease !== flight.lease) return;
  flight.redeemedAt ??= Math.max(0, parts.clocks.now() - forwarded.msAgo);
}

function outcomeTurn(desk: Desk, { report, live, flight }: Report): Appended {
  const appended = recordOutcome(desk, { report, live, flight });
  if (flight.permit !== null) live.permits.end(flight.permit);
  return appended;
}

function recordOutcome(desk: Desk, { report, live, flight }: Report): Appended {
  noteForwarded(desk, flight, report);
  const { decision, session: id, call, subject, redeemedAt } = flight;
  const { status, result, records } = report;
  const at = momentOf(desk, live);
  const { tool, args } = call;
  const event = {
    kind: 'outcome',
    at,
    decision,
    session: id,
    tool,
    args,
    status,
    result,
    records,
  } as const;
  const session = { id, subject };
  const appended = recordEvent(desk, live, { event, session, call, redeemedAt });
  if (status !== 'unknown') live.flights.delete(decision);
  const note = live.sessions.get(id)?.byDecision.get(decision);
  if (note !== undefined) note.isNotSent = status === 'not_sent';
  const end = endOf(report);
  if (end !== null) desk.halts.board.ended(live.agent, decision, end);
  settleIfTaken(desk, live);
  const { index } = appended;
  const claimed = noteRoleClaim(desk, live, { session, content: result }) ?? appended.durable;
  if (!isBypass(report, flight)) return { index, durable: claimed };
  const finding = { kind: 'finding', at, session: id, name: 'bypass' } as const;
  const durable = latchOrOwe(desk, live, { event: finding, session }) ?? claimed;
  return { index, durable };
}

// Of a call whose end nobody knows a halt says what it said before.
function endOf({ status, isCancelled = false }: OutcomeReport): FlightEnd | null {
  if (isCancelled) return 'cancelled';
  if (status === 'unknown') return null;
  return status === 'not_sent' ? 'not_sent' : 'finished';
}

/**
 * Records of an action that it was never sent, because its permit was void before it was used.
 * Returns whether it was in flight. Throws what the recorder throws.
 */
export function withdraw(desk: Desk, live: LiveAgent, decision: string): boolean {
  const flight = live.flights.get(decision);
  const session = flight === undefined ? undefined : live.sessions.get(flight.session);
  if (flight === undefined || session === undefined) return false;
  const { permit, redeemedAt, reporting } = flight;
  if (permit === null || redeemedAt !== null || reporting !== null) return false;
  const of = { agent: live.agent, session: session.id, decision };
  const report = { ...of, status: 'not_sent', result: null, records: null } as const;
  const { durable } = recordOutcome(desk, { report, live, flight });
  live.permits.withdraw(permit);
  // Whoever is told of it waits; that it fails ends the guard, which is seen elsewhere.
  durable.catch(() => undefined);
  const note = session.byDecision.get(decision);
  if (note !== undefined) note.reported = durable;
  return true;
}

type Belied = Found & { readonly note: RequestNote };

// What was recorded as never sent did run: the outcome stands, and that it was wrong does as well.
async function bely(desk: Desk, { live, session, note }: Belied): Promise<Outcome<never>> {
  note.isBelied = true;
  // In this same turn: the session may be closed in the next, and nothing follows its end.
  const { id, subject } = session;
  const at = momentOf(desk, live);
  const event = { kind: 'finding', at, session: id, name: 'bypass' } as const;
  const told = { event, session: { id, subject } };
  const written = await durably(desk, () => done(latch(desk, live, told)));
  if (!written.ok) return written;
  const decision = note.answer?.decision ?? '';
  desk.halts.board.ended(live.agent, decision, 'finished');
  return refuse(
    'outcome-known',
    `\`${decision}\` is recorded as never sent; that it ran is recorded as the finding \`bypass\``,
  );
}

// Whether a permit from before a restart was redeemed is not known any more.
function isBypass({ status }: OutcomeReport, { permit, redeemedAt }: LiveFlight): boolean {
  return (status === 'ok' || status === 'error') && permit !== null && redeemedAt === null;
}
