import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** A halt with how far it is. */
export type Halt = Answer<'/api/v1/halts/{halt}'>;

/** Which part of what an agent does is meant. `fleet` takes no agent; `room` may go without. */
export type HaltTarget = {
  readonly agent: string | null;
  readonly scope: Halt['scope'];
  readonly target: string | null;
};

/** What the daemon answers to a halt: it is latched, and may be effective already. */
export type Latched = {
  readonly halt: string;
  readonly state: 'latched' | 'effective';
  readonly warning: string | null;
};

type Wanted = HaltTarget & { readonly reason: string };

const HALT_KINDS: ReadonlySet<string> = new Set([
  'halt',
  'halt_effective',
  'resume',
  'executor_started',
  'executor_ended',
  'fleet_halted',
  'fleet_resumed',
]);

/** Every halt in force, and those since the daemon started. */
export function useHalts(): UseQueryResult<Answer<'/api/v1/halts'>> {
  return useLiveQuery({
    key: ['halts'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/halts', { signal })),
    isTouchedBy: ({ kind }) => HALT_KINDS.has(kind),
  });
}

/** One halt, followed while it takes effect. */
export function useHalt(halt: string): UseQueryResult<Halt> {
  const params = { path: { halt } };
  return useLiveQuery({
    key: ['halts', halt],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/halts/{halt}', { params, signal })),
    isTouchedBy: ({ kind }) => HALT_KINDS.has(kind),
  });
}

/** Halts an agent, a part of what it does, or every agent. */
export function useHaltOrder(): Order<Latched, Wanted> {
  return useOrder(orderHalt);
}

/** Lets what was halted go on. */
export function useResumeOrder(): Order<{ readonly index: number }, Wanted> {
  return useOrder(orderResume);
}

async function orderHalt({ agent, scope, target, reason }: Wanted): Promise<Latched> {
  const named = namedPart(target);
  if (agent === null) {
    const body = { scope: nodeScope(scope), ...named, reason };
    return bodyOf(await api.POST('/api/v1/halt', { body }));
  }
  const params = { path: { agent } };
  const body = { scope: agentScope(scope), ...named, reason };
  return bodyOf(await api.POST('/api/v1/agents/{agent}/halt', { params, body }));
}

async function orderResume(order: Wanted): Promise<{ readonly index: number }> {
  const { agent, scope, target, reason } = order;
  const named = namedPart(target);
  if (agent === null) {
    const body = { scope: nodeScope(scope), ...named, reason };
    return bodyOf(await api.POST('/api/v1/resume', { body }));
  }
  const params = { path: { agent } };
  const body = { scope: agentScope(scope), ...named, reason };
  return bodyOf(await api.POST('/api/v1/agents/{agent}/resume', { params, body }));
}

/** A whole has no part to name; the daemon says so by an empty name. */
function namedPart(target: string | null): { readonly target?: string } {
  return target === null || target === '' ? {} : { target };
}

function nodeScope(scope: Halt['scope']): 'fleet' | 'room' {
  return scope === 'room' ? 'room' : 'fleet';
}

function agentScope(scope: Halt['scope']): Exclude<Halt['scope'], 'fleet'> {
  return scope === 'fleet' ? 'agent' : scope;
}
