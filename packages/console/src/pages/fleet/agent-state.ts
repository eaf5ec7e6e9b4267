import type { FleetAgent } from '../../data/fleet.ts';
import type { Tone } from '../../ui/marks.tsx';

/** How an agent stands in one word, by what asks for most first. */
export type AgentState = 'halted' | 'partly halted' | 'no pact' | 'waits' | 'working' | 'idle';

/** Returns how an agent stands. */
export function stateOf(agent: FleetAgent): AgentState {
  const { halts, pact, waiting, inFlight, openSessions } = agent;
  if (halts.some(({ scope }) => scope === 'agent' || scope === 'fleet')) return 'halted';
  if (halts.length > 0) return 'partly halted';
  if (pact === null) return 'no pact';
  if (waiting > 0) return 'waits';
  return inFlight > 0 || openSessions > 0 ? 'working' : 'idle';
}

/** Every state, what asks for most first. */
export const STATES: readonly AgentState[] = [
  'halted',
  'partly halted',
  'waits',
  'no pact',
  'working',
  'idle',
];

export const TONES: Readonly<Record<AgentState, Tone>> = {
  halted: 'danger',
  'partly halted': 'danger',
  'no pact': 'warn',
  waits: 'warn',
  working: 'good',
  idle: 'plain',
};
