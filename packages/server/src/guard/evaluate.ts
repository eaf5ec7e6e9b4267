import { apply, type CompiledPact, type Explanation, explain, type State } from '@plumbline/core';

import { actionOf, requestsOf } from './decide-action.ts';
import type { Desk } from './desk.ts';
import { gatherFacts } from './gather-facts.ts';
import type { Attestation, EvaluationRequest, Outcome } from './guard.ts';
import { makeId } from './ids.ts';
import type { LiveAgent } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { isShallow } from './shallow.ts';
import { amongWaiting, findAgent, findSession, momentOf } from './turn.ts';

/** Explains what would be decided as things stand; nothing is recorded or remembered. */
export async function evaluate(
  desk: Desk,
  request: EvaluationRequest,
): Promise<Outcome<Explanation>> {
  const found = findAgent(desk, request.agent);
  if (!found.ok) return found;
  if (!isShallow(request.args)) return refuse('too-large', '`args` is nested too deep: flatten it');
  return amongWaiting(desk, found.value, () => explainAction(desk, found.value, request));
}

async function explainAction(
  desk: Desk,
  live: LiveAgent,
  { agent, session, tool, args }: EvaluationRequest,
): Promise<Outcome<Explanation>> {
  const { pact } = live;
  if (pact === null) return refuse('not-armed', `\`${agent}\` has no armed pact: publish one`);
  const known = typeof session === 'string' ? findSession(desk, { agent, session }) : null;
  if (known?.ok === false) return known;
  const id = typeof session === 'string' ? session : makeId('ses', 0, desk.random);
  const action = actionOf({ session: id, request: 'evaluation', tool, args });
  const attested = typeof session === 'string' ? live.state.sessions.get(id) : session;
  const facts = await gatherFacts({
    requests: requestsOf([pact], action),
    action,
    agent,
    attributes: attested?.attributes ?? {},
    sources: desk.parts.sources,
    withinMs: desk.parts.bounds.gatherMs,
  });
  const now = momentOf(desk, live);
  if (typeof session === 'string') return done(explain(pact, live.state, { action, facts, now }));
  const state = stateWith(pact, live.state, { id, now, attestation: session });
  return done(explain(pact, state, { action, facts, now }));
}

// A session that never was. Opening one changes the table of sessions alone, so a state with a
// table of its own may share all others.
function stateWith(
  pact: CompiledPact,
  state: State,
  { id, now, attestation }: { id: string; now: number; attestation: Attestation },
): State {
  const { principal, task, room, attributes, openedBy } = attestation;
  const attested = { principal, task, room, attributes, openedBy };
  const event = { kind: 'session_opened', at: now, session: id, ...attested } as const;
  return apply(pact, { ...state, sessions: new Map() }, event);
}
