import type { CompiledPact, DrillRule } from '@plumbline/core';

import { decideAction } from './decide-action.ts';
import type { Desk } from './desk.ts';
import type { Guard, Outcome } from './guard.ts';
import { halt } from './halts/halt.ts';
import { leasesOf } from './halts/lease-requests.ts';
import { findHalt } from './halts/open-halts.ts';
import { resume } from './halts/resume.ts';
import type { AnsweredHalt } from './halts/view.ts';
import { freshAgent } from './live-agent.ts';
import { drillOf, isProbe } from './probe.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { reportOutcome } from './report-outcome.ts';
import { closeSession, openSession } from './sessions.ts';
import { durably, momentOf, recordEvent } from './turn.ts';

/**
 * Where the halt of one agent is practised: a state, chains, permits and leases apart from the
 * agent's own, in the same guard and the same log, so that a drill stops and voids nothing else.
 */
export type DrillGround = Pick<Guard, 'decide' | 'outcome' | 'leases' | 'findHalt'> & {
  /** The name under which everything of it stands. */
  readonly agent: string;
  /** Whether this pact is the last that was armed here. */
  readonly hasArmed: (digest: string) => boolean;
  /** How many enforcement points hold leases of the agent itself, which no drill stops. */
  readonly points: () => number;
  /** Arms a pact and opens a session. */
  readonly begin: (pact: CompiledPact) => Promise<Outcome<{ readonly session: string }>>;
  /** Halts all of it, as an agent is halted. */
  readonly halt: (reason: string) => Promise<Outcome<AnsweredHalt>>;
  /** Ends what is open and lifts what is halted, also what an earlier daemon left. */
  readonly end: () => Promise<Outcome<undefined>>;
};

/** Where the halts of agents are practised, and how often they are to be. */
export type DrillPlace = {
  readonly drillGround: (agent: string) => DrillGround;
  /** What an agent's armed pact asks for; null: drills on no schedule. */
  readonly drillRule: (agent: string) => DrillRule | null;
};

/** Who does all of it. */
export const DRILL = 'drill';
const PRINCIPAL = 'plumbline halt drill';

/** Returns where halts are practised; `armed` holds what the log says is armed. */
export function drillsIn(desk: Desk, armed: ReadonlyMap<string, CompiledPact>): DrillPlace {
  return {
    drillGround: (agent) => drillGround(desk, agent),
    drillRule: (agent) => (desk.agents.get(agent)?.pact ?? armed.get(agent))?.drill ?? null,
  };
}

function drillGround(desk: Desk, of: string): DrillGround {
  const agent = drillOf(of);
  return {
    agent,
    hasArmed: (digest) => desk.agents.get(agent)?.state.pact === digest,
    points: () => desk.halts.leases.of(of).length,
    begin: (pact) => begin(desk, { of, agent, pact }),
    halt: (reason) => halt(desk, { agent, scope: 'agent', target: '', reason, by: DRILL }),
    end: () => end(desk, agent),
    decide: (request) => decideAction(desk, request),
    outcome: (report) => reportOutcome(desk, report),
    leases: leasesOf(desk),
    findHalt: (id, ms, after) => findHalt(desk, id, { ms, after: after ?? null }),
  };
}

async function begin(
  desk: Desk,
  { of, agent, pact }: { readonly of: string; readonly agent: string; readonly pact: CompiledPact },
): ReturnType<DrillGround['begin']> {
  if (isProbe(of) || !desk.agents.has(of)) return refuse('unknown-agent', noAgent(of));
  const live = desk.agents.get(agent) ?? freshAgent(agent, desk.parts.clocks);
  desk.agents.set(agent, live);
  live.pact = pact;
  const armed = await durably(desk, () => {
    const event = { kind: 'armed', at: momentOf(desk, live), pact: pact.digest } as const;
    return done(recordEvent(desk, live, { event }));
  });
  if (!armed.ok) return armed;
  const attested = { principal: PRINCIPAL, task: null, room: null, attributes: {}, name: null };
  const opened = await openSession(desk, { agent, ...attested, subject: null, openedBy: DRILL });
  return opened.ok ? done({ session: opened.value.session }) : opened;
}

async function end(desk: Desk, agent: string): ReturnType<DrillGround['end']> {
  const live = desk.agents.get(agent);
  if (live === undefined) return done(undefined);
  for (const { scope, target } of live.state.halts.values()) {
    const order = { agent, scope, target, reason: 'the drill is over', by: DRILL };
    const resumed = await resume(desk, order);
    if (!resumed.ok) return resumed;
  }
  for (const session of live.sessions.keys()) {
    const closed = await closeSession(desk, { agent, session });
    if (!closed.ok) return closed;
  }
  live.pact = null;
  return done(undefined);
}
