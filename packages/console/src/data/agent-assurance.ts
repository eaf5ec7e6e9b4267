import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** How an agent's drills stand. */
export type DrillStanding = Answer<'/api/v1/drills'>['rows'][number];

/** What the daemon says that assures an agent beyond its pact; null: this person is not told. */
export type Assurance = {
  readonly drill: DrillStanding | null;
  /** From latched to effective, of its last halt in force or since the daemon started. */
  readonly lastHaltMs: number | null;
  /** Whether a halt of it is latched and not effective yet. */
  readonly isHaltPending: boolean;
  readonly channels: number | null;
  readonly decisions: { readonly count: number; readonly isMore: boolean };
  readonly unfinished: number;
  readonly log: { readonly size: number; readonly isWitnessed: boolean } | null;
};

const MOST = '1000';
// Decisions are counted when somebody comes to look; each of them would have them counted again.
const CHANGES: ReadonlySet<string> = new Set([
  'drill_started',
  'drill_done',
  'halt',
  'halt_effective',
  'resume',
]);

/** How fast an agent stops, who is told, and what record is left. */
export function useAssurance(agent: string): UseQueryResult<Assurance> {
  return useLiveQuery({
    key: ['assurance', agent],
    ask: (signal) => askAssurance(agent, signal),
    isTouchedBy: (row) => (row.agent ?? agent) === agent && CHANGES.has(row.kind),
  });
}

async function askAssurance(agent: string, signal: AbortSignal): Promise<Assurance> {
  const path = { agent };
  const all = { params: { path, query: { limit: MOST } }, signal };
  const open = { params: { path, query: { limit: MOST, unfinished: 'true' as const } }, signal };
  const [drills, halts, channels, decided, unfinished, log] = await Promise.all([
    api.GET('/api/v1/drills', { signal }),
    api.GET('/api/v1/halts', { signal }),
    api.GET('/api/v1/notify/channels', { signal }),
    api.GET('/api/v1/agents/{agent}/decisions', all),
    api.GET('/api/v1/agents/{agent}/decisions', open),
    api.GET('/api/v1/log', { signal }),
  ]);
  const { rows, next } = bodyOf(decided);
  return {
    drill: bodyOf(drills).rows.find((standing) => standing.agent === agent) ?? null,
    lastHaltMs: lastOf(bodyOf(halts).rows, agent),
    isHaltPending: bodyOf(halts).rows.some(
      ({ agent: of, effectiveAt, resumedAt }) =>
        (of ?? agent) === agent && effectiveAt === null && resumedAt === null,
    ),
    // Who is for some agents alone is told nothing of the node.
    channels: channels.data?.rows.length ?? null,
    decisions: { count: rows.length, isMore: next !== null },
    unfinished: bodyOf(unfinished).rows.length,
    log: log.data === undefined ? null : logOf(log.data),
  };
}

function lastOf(halts: Answer<'/api/v1/halts'>['rows'], agent: string): number | null {
  const effective = halts
    .filter((halt) => halt.effectiveMs !== null && (halt.agent ?? agent) === agent)
    .toSorted((one, other) => other.latchedAt - one.latchedAt);
  return effective[0]?.effectiveMs ?? null;
}

function logOf({ checkpoint, durableSize }: Answer<'/api/v1/log'>): Assurance['log'] {
  // A signed note: one line a signature, the first of which is the log's own.
  const signatures = checkpoint.split('\n').filter((line) => line.startsWith('— '));
  return { size: durableSize, isWitnessed: signatures.length > 1 };
}
