import { hash } from 'node:crypto';
import type { Halt, State } from '@plumbline/core';

import type { LiveAgent } from '../live-agent.ts';
import type { Part } from './board.ts';

/** Which open sessions stop, and of them which tool. */
export type Covered = {
  /** Null: all of them, those to come included. */
  readonly sessions: readonly string[] | null;
  /** Null: everything they do. */
  readonly tool: string | null;
};

/** Returns what a halt stops of an agent as it stands. Source: spec/decide.md, "Stages". */
export function coveredBy(
  { sessions }: State,
  { scope, target }: Pick<Halt, 'scope' | 'target'>,
): Covered {
  const all = [...sessions.values()];
  switch (scope) {
    case 'fleet':
    case 'agent':
      return { sessions: null, tool: null };
    case 'tool':
      return { sessions: null, tool: target };
    case 'session':
      return { sessions: [target], tool: null };
    case 'room':
      return { sessions: idsOf(all.filter(({ room }) => room === target)), tool: null };
    case 'task':
      return { sessions: idsOf(all.filter(({ task }) => task === target)), tool: null };
  }
}

function idsOf(sessions: readonly { readonly id: string }[]): readonly string[] {
  return sessions.map(({ id }) => id);
}

/** Returns what was let through of an agent, is covered, and has not come to its end. */
export function flightsOf(live: LiveAgent, covered: Covered): Part['flights'] {
  const sessions = covered.sessions === null ? null : new Set(covered.sessions);
  const flights: Part['flights'] = new Map();
  for (const { decision, session, call, permit, redeemedAt, lease } of live.flights.values()) {
    if (sessions !== null && !sessions.has(session)) continue;
    if (covered.tool !== null && covered.tool !== call.tool) continue;
    const flight = { agent: live.agent, session, decision, tool: call.tool, lease };
    // Of a permit that an earlier daemon gave nobody knows whether it was used.
    const isRunning = permit === null || redeemedAt !== null;
    flights.set(decision, {
      flight: { ...flight, end: 'running' },
      end: isRunning ? 'running' : null,
    });
  }
  return flights;
}

/** Returns the id of a halt that has none of its own: always the same for the same halt. */
export function idOf(agent: string, of: readonly (string | number)[]): string {
  return `hlt_${hash('sha256', JSON.stringify([agent, ...of]), 'hex').slice(0, 32)}`;
}
