import { categoryOf, gateKey, isBarred, isEntitled, toolOf } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { voidUnforwarded } from './halts/void-given.ts';
import type { LiveAgent } from './live-agent.ts';
import type { ClosedGate, DecidedGate, GateDecision } from './people.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { isProbe } from './probe.ts';
import { durably, findAgent, momentOf, recordEvent } from './turn.ts';

/** Returns every gate of an agent that is shut; undefined for an agent that is not there. */
export function closedGates(desk: Desk, agent: string): readonly ClosedGate[] | undefined {
  const live = isProbe(agent) ? undefined : desk.agents.get(agent);
  return live === undefined ? undefined : gatesOf(live);
}

function gatesOf(live: LiveAgent): readonly ClosedGate[] {
  return [...live.state.gates].map(([key, state]) => {
    // Written by `gateKey` alone: the session or null, and the category.
    const [session, category] = JSON.parse(key) as [string | null, string];
    const note = live.people.gates.get(key);
    return {
      category,
      session,
      state,
      since: note?.since ?? null,
      violations: note?.violations ?? 0,
      because: note?.because ?? [],
      principals: live.state.gateViolators.get(category)?.size ?? 0,
      approvers: live.pact?.gates.approvers ?? [],
    };
  });
}

/**
 * Takes down what a person decided about a gate that is shut: `opened` moves the boundary, `kept`
 * enforces it for good. A person decides no gate that they, or a session of theirs, had closed.
 */
export async function decideGate(desk: Desk, of: GateDecision): Promise<Outcome<DecidedGate>> {
  const found = isProbe(of.agent) ? noSuch(of.agent) : findAgent(desk, of.agent);
  if (!found.ok) return found;
  const live = found.value;
  const fault = faultIn(live, of);
  if (fault !== null) return fault;
  return durably(desk, () => {
    const { category, session, outcome, reason, by } = of;
    const at = momentOf(desk, live);
    const before = gatesOf(live);
    const beside = session === null ? null : (live.sessions.get(session) ?? null);
    const because = becauseOf(before, of);
    const event = { kind: 'gate', at, session, category, outcome, reason, by, because } as const;
    const told = beside === null ? { event } : { event, session: beside };
    const { index, durable } = recordEvent(desk, live, told);
    if (outcome === 'kept') {
      voidUnforwarded(live, (flight) => {
        const isWithin = session === null || flight.session === session;
        return isWithin && categoryIn(live, flight.call.tool) === category;
      });
    }
    const after = new Map(gatesOf(live).map((gate) => [keyOf(gate), gate.state]));
    const changed = before.filter((gate) => after.get(keyOf(gate)) !== gate.state);
    return done({ index, durable, outcome, changed: changed.map(placeOf), because });
  });
}

function categoryIn({ pact }: LiveAgent, tool: string): string | null {
  return pact === null ? null : categoryOf(toolOf(pact, tool));
}

// The agent's gate is opened with those of its sessions, and was closed by what closed these.
function becauseOf(gates: readonly ClosedGate[], of: GateDecision): readonly string[] {
  const meant = gates.filter(({ category, session }) => {
    return category === of.category && (of.session === null || session === of.session);
  });
  return [...new Set(meant.flatMap((gate) => gate.because))];
}

function noSuch(agent: string): Outcome<never> {
  return refuse('unknown-agent', noAgent(agent));
}

function keyOf({ session, category }: Pick<ClosedGate, 'session' | 'category'>): string {
  return gateKey(session, category);
}

function placeOf({ session, category }: ClosedGate): DecidedGate['changed'][number] {
  return { session, category };
}

function faultIn(live: LiveAgent, of: GateDecision): Outcome<never> | null {
  const { category, session, outcome, person } = of;
  const state = live.state.gates.get(gateKey(session, category));
  if (state === undefined) {
    const whose = session === null ? `\`${live.agent}\`` : `session \`${session}\``;
    return refuse('not-found', `no gate of ${whose} is closed for \`${category}\``);
  }
  if (state === 'kept' && outcome === 'kept') {
    return refuse('conflict', `the gate for \`${category}\` is kept shut already`);
  }
  if (!isEntitled(person, live.pact?.gates.approvers ?? [])) {
    return refuse('forbidden', 'the pact names others for its gates: see `gates.approvers`');
  }
  return isOwn(live, of)
    ? refuse('forbidden', 'nobody decides a gate that a session of their own had closed')
    : null;
}

// Of the agent's gate everyone whose sessions closed it is a party to it.
function isOwn(live: LiveAgent, { category, session, person, by }: GateDecision): boolean {
  const violators = live.state.gateViolators.get(category) ?? new Set();
  const own = session === null ? undefined : live.state.sessions.get(session);
  const parties = own === undefined ? [...violators] : [own.principal];
  const opener = session === null ? undefined : live.sessions.get(session)?.opening.openedBy;
  return opener === by || isBarred(person, opener === undefined ? parties : [...parties, opener]);
}
