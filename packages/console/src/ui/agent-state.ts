import type { FleetAgent } from '../data/fleet.ts';
import type { Tone } from './marks.tsx';

/** How an agent stands in one word, by what asks for most first. */
export type AgentState = 'halted' | 'partly halted' | 'waits' | 'no pact' | 'working' | 'idle';

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
  waits: 'warn',
  'no pact': 'warn',
  working: 'good',
  idle: 'plain',
};

const SAID: Readonly<Record<FleetAgent['state'], AgentState>> = {
  halted: 'halted',
  restricted: 'partly halted',
  unarmed: 'no pact',
  active: 'working',
  idle: 'idle',
};

/** Returns how an agent stands. What waits for a person stands before what merely runs. */
export function stateOf(agent: Pick<FleetAgent, 'state' | 'waits'>): AgentState {
  const said = SAID[agent.state];
  const isRunning = said === 'working' || said === 'idle';
  return isRunning && waitingOf(agent) > 0 ? 'waits' : said;
}

/** Returns how many things of an agent wait for a person. */
export function waitingOf({ waits }: Pick<FleetAgent, 'waits'>): number {
  return Object.values(waits).reduce((sum, count) => sum + count, 0);
}

/** Returns what waits, in words: `2 approvals, 1 gate`. */
export function waitsText({ waits }: Pick<FleetAgent, 'waits'>): string {
  const { approvals, gates, pacts, tools, reviews } = waits;
  const named = [
    counted(approvals, 'approval'),
    counted(gates, 'gate'),
    counted(pacts, 'pact'),
    counted(tools, 'tool'),
    counted(reviews, 'review'),
  ];
  return named.filter((text) => text !== '').join(', ');
}

/** Returns a count with its noun, and nothing for none. */
export function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
