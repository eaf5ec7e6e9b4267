import { type Ask, judgeVote, type Vote } from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import type { AskLink, Ballot, Counted, FoundAsk } from './ask-types.ts';
import { findAsk, foldNote } from './asks.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { LiveAgent, LiveSession } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { settleAsk } from './settle-asks.ts';
import { durably, findAgent, findSession, momentOf, recordNote, type Recorded } from './turn.ts';

/**
 * Takes a vote down, and what follows from it in the same turn. Resolves when both are durable.
 *
 * Errors: `not-found`, `conflict` for an ask that waits no more or a person who voted, `forbidden`
 * for who may not vote.
 */
export async function castVote(desk: Desk, ballot: Ballot): Promise<Outcome<Counted>> {
  return durably(desk, () => voteTurn(desk, ballot));
}

function voteTurn(desk: Desk, ballot: Ballot): Outcome<Appended & Counted> {
  const found = standing(desk, ballot.ask);
  if (!found.ok) return found;
  const { live, session, ask } = found.value;
  if (ask.state !== 'pending') return refuse('conflict', endedWords(ask));
  const judged = judgeVote(ask, ballot.voter, {
    barred: [session.opening.principal, ...ballot.barred],
    givers: ballot.givers,
  });
  if (!judged.ok) {
    const { code, message } = judged.error;
    const isBarred = code === 'barred' || code === 'not-entitled';
    return refuse(isBarred ? 'forbidden' : 'conflict', message);
  }
  const { voter, outcome, reason, by, mechanism } = ballot;
  const seats = judged.value;
  const at = momentOf(desk, live);
  const vote = { at, outcome, person: voter.id, reason, by, mechanism, seats };
  const voted = recordVote(desk, live, { ask, session, vote });
  const now = live.asks.asks.get(ask.id);
  const settled = now === undefined ? null : settleAsk(desk, live, now);
  return done({ ...(settled ?? voted), index: voted.index, found: foundNow(desk, ask.id) });
}

type Standing = {
  readonly live: LiveAgent;
  readonly session: LiveSession;
  readonly ask: Ask;
};

type Placed = Pick<Standing, 'live' | 'ask'>;

function placeOf(desk: Desk, id: string): Outcome<Placed> {
  const found = findAsk(desk, id);
  if (found === undefined) return refuse('not-found', `there is no approval \`${id}\``);
  const { agent, ask } = found;
  const live = findAgent(desk, agent);
  return live.ok ? done({ live: live.value, ask }) : live;
}

function standing(desk: Desk, id: string): Outcome<Standing> {
  const placed = placeOf(desk, id);
  if (!placed.ok) return placed;
  const { ask } = placed.value;
  const { agent } = placed.value.live;
  const inSession = findSession(desk, { agent, session: ask.session });
  if (!inSession.ok) return refuse('conflict', endedWords(ask));
  const { live, session } = inSession.value;
  if (ask.state === 'pending') settleAsk(desk, live, ask);
  return done({ live, session, ask: live.asks.asks.get(id) ?? ask });
}

function endedWords({ id, state }: Ask): string {
  return `approval \`${id}\` is ${state} and waits for nobody`;
}

function foundNow(desk: Desk, id: string): FoundAsk {
  const found = findAsk(desk, id);
  if (found === undefined) throw new Error('bug: an ask that was just voted on is not there');
  return found;
}

/** Notes that somebody is shown an ask, in the agent's chain as any reading. */
export async function noteShown(desk: Desk, id: string, by: string): Promise<Outcome<Recorded>> {
  return durably(desk, () => {
    const found = placeOf(desk, id);
    if (!found.ok) return found;
    const { live, ask } = found.value;
    const at = momentOf(desk, live);
    const open = { by, session: ask.session, decision: ask.decision };
    const appended = recordNote(desk, live, { kind: 'read', at, open });
    foldNote(live, { kind: 'read', at, open }, null);
    return done(appended);
  });
}

/** Notes that a link was made, in the session's chain; for whom is sealed. */
export async function noteLink(desk: Desk, link: AskLink): Promise<Outcome<Recorded>> {
  return durably(desk, () => {
    const found = standing(desk, link.ask);
    if (!found.ok) return found;
    const { live, session, ask } = found.value;
    if (ask.state !== 'pending') return refuse('conflict', endedWords(ask));
    const { link: id, by, expiresAtMs, person } = link;
    const open = { ask: ask.id, link: id, by, expiresAtMs };
    const kind = 'approval_link';
    return done(recordNote(desk, live, { kind, open, session, secret: { person } }));
  });
}

function recordVote(
  desk: Desk,
  live: LiveAgent,
  { ask, session, vote }: { readonly ask: Ask; readonly session: LiveSession; readonly vote: Vote },
): Appended {
  const { at, outcome, by, mechanism, seats, person, reason } = vote;
  const rules = [...new Set(seats.map(({ rule }) => rule))];
  const open = { ask: ask.id, decision: ask.decision, outcome, rules, by, mechanism };
  const secret = { person, reason, seats: seats.map((seat) => ({ ...seat })) };
  const appended = recordNote(desk, live, { kind: 'vote', at, open, session, secret });
  foldNote(live, { kind: 'vote', at, open }, secret);
  return appended;
}
