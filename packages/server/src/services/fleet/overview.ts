import { ownerOf } from '../../guard/undo-agent.ts';
import type { AgentStatus } from '../../guard/agent-status.ts';
import type { HaltView } from '../../guard/halts/view.ts';
import type { ActivityRow } from '../../store/models.ts';
import { type FleetReading, type Seen, sees } from './fleet-reading.ts';

/**
 * How an agent stands, in a word: all of it is stopped; some sessions, rooms, tools or tasks are;
 * it has no pact and is refused everything; it has open sessions; it has none.
 */
export type AgentState = 'halted' | 'restricted' | 'unarmed' | 'active' | 'idle';

/** One agent as the fleet shows it. Times are ms UTC; `refusals` and `decisions` of an hour. */
export type OverviewRow = Omit<AgentStatus, 'waiting'> & {
  readonly state: AgentState;
  readonly waits: {
    readonly approvals: number;
    readonly gates: number;
    readonly pacts: number;
    readonly tools: number;
    readonly reviews: number;
  };
  /** What was found to go around its enforcement points within a week. */
  readonly bypasses: number;
  readonly decisions: number;
  readonly refusals: number;
  readonly lastAt: number | null;
  readonly lastIndex: number | null;
};

/** The fleet in one answer. `halts` are those of every agent that are in force. */
export type Overview = {
  readonly at: number;
  /** From when on decisions and refusals are counted. */
  readonly sinceAt: number;
  /** Decisions before this index of the log are counted. */
  readonly nextIndex: number;
  readonly rows: readonly OverviewRow[];
  readonly halts: readonly Pick<
    HaltView,
    'halt' | 'scope' | 'target' | 'reason' | 'state' | 'latchedAt' | 'by' | 'index'
  >[];
  /** What was found within a week to go around, of no agent that is known. */
  readonly strayBypasses: number;
};

const HOUR_MS = 3_600_000;

/** For how long what went around is shown as something to look at. */
export const BYPASS_SHOWN_MS: number = 7 * 24 * HOUR_MS;

/** Returns how every agent stands that may be seen, by name; or the one that is named alone. */
export async function overviewOf(
  reading: FleetReading,
  seen: Seen,
  named?: string,
): Promise<Overview> {
  const at = reading.clock();
  const sinceAt = at - HOUR_MS;
  const [nextIndex, activity] = await Promise.all([
    reading.models.nextIndex(),
    reading.models.activity(sinceAt),
  ]);
  const busy = new Map(activity.map((row) => [row.agent, row]));
  const waits = countWaits(reading, named);
  const bypasses = countBypasses(reading, at);
  const rows = reading.guard
    .agents()
    .filter(({ agent }) => sees(seen, agent) && (named ?? agent) === agent)
    .map((status) => rowOf(status, { busy: busy.get(status.agent), waits, bypasses }))
    .sort((one, other) => (one.agent < other.agent ? -1 : 1));
  const stray = seen === null ? (bypasses.get(null) ?? 0) : 0;
  return { at, sinceAt, nextIndex, rows, halts: wideHalts(reading), strayBypasses: stray };
}

type Waits = OverviewRow['waits'];

const NOTHING: Waits = { approvals: 0, gates: 0, pacts: 0, tools: 0, reviews: 0 };
const MOST_WAITING = 100_000;

const MEMBER = {
  action: 'approvals',
  undo: 'approvals',
  gate: 'gates',
  pact: 'pacts',
  tool: 'tools',
} as const;

function countWaits(
  { services }: FleetReading,
  named: string | undefined,
): ReadonlyMap<string, Waits> {
  const waits = new Map<string, Waits>();
  const of = named === undefined ? {} : { agent: named };
  const rows = services.approvals.list({ ...of, state: 'pending', limit: MOST_WAITING });
  for (const { agent: name, kind } of rows) {
    const agent = ownerOf(name);
    const before = waits.get(agent) ?? NOTHING;
    const member = MEMBER[kind];
    waits.set(agent, { ...before, [member]: before[member] + 1 });
  }
  return waits;
}

function countBypasses(
  { services }: FleetReading,
  now: number,
): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const { agent, at } of services.bypasses.list()) {
    if (at < now - BYPASS_SHOWN_MS) break;
    counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  return counts;
}

function rowOf(
  { waiting: _waiting, ...status }: AgentStatus,
  {
    busy,
    waits,
    bypasses,
  }: {
    readonly busy: ActivityRow | undefined;
    readonly waits: ReadonlyMap<string, Waits>;
    readonly bypasses: ReadonlyMap<string | null, number>;
  },
): OverviewRow {
  const { agent, reviews } = status;
  return {
    ...status,
    state: stateOf(status),
    waits: { ...(waits.get(agent) ?? NOTHING), reviews },
    bypasses: bypasses.get(agent) ?? 0,
    decisions: busy?.decisions ?? 0,
    refusals: busy?.refusals ?? 0,
    lastAt: busy?.lastAt ?? null,
    lastIndex: busy?.lastIndex ?? null,
  };
}

function stateOf({ halts, pact, openSessions }: Omit<AgentStatus, 'waiting'>): AgentState {
  if (halts.some(({ scope }) => scope === 'agent' || scope === 'fleet')) return 'halted';
  if (pact === null) return 'unarmed';
  if (halts.length > 0) return 'restricted';
  return openSessions > 0 ? 'active' : 'idle';
}

function wideHalts({ guard }: FleetReading): Overview['halts'] {
  const wide = guard.halts().filter(({ agent, resumedAt }) => agent === null && resumedAt === null);
  return wide.map(({ halt, scope, target, reason, state, latchedAt, by, index }) => {
    return { halt, scope, target, reason, state, latchedAt, by, index };
  });
}
