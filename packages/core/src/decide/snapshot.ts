import type { Approval } from '../approval/approval.ts';
import { assert } from '../assert.ts';
import type { Claim } from '../authority/claim.ts';
import { formatDecimal, parseDecimal } from '../decimal.ts';
import type { Digest } from '../digest.ts';
import type { Halt } from '../halt/halt.ts';
import { memoryFromJson, memoryToJson } from '../provenance/snapshot.ts';
import type { Counter, Flight, GateState, SessionState, State } from './state.ts';

type Entries<V> = readonly (readonly [string, V])[];

type SessionSnapshot = Omit<
  SessionState,
  'delegation' | 'labels' | 'claims' | 'claimIds' | 'refusals' | 'records' | 'counters' | 'memory'
> & {
  /** Absent from snapshots that were taken before there were any. */
  readonly delegation?: SessionState['delegation'];
  readonly claimIds?: readonly string[];
  readonly labels: readonly string[];
  readonly claims: readonly Claim[];
  readonly refusals: Entries<number>;
  readonly records: Entries<number>;
  readonly counters: Entries<CounterSnapshot>;
  readonly memory: ReturnType<typeof memoryToJson>;
};

type CounterSnapshot = { readonly used: string; readonly windowEndMs: number | null };

/** A state as plain JSON. Tables are lists of entries in the order of the state's own. */
export type Snapshot = {
  readonly version: 1;
  readonly agent: string;
  readonly pact: Digest | null;
  readonly now: number;
  readonly epoch: number;
  readonly memoryTainted: boolean;
  readonly sweepAbove: { readonly counters: number; readonly marks: number };
  readonly armedAt: Entries<number>;
  readonly halts: Entries<Halt>;
  /** Absent from snapshots that were taken before there were any. */
  readonly lifted?: readonly string[];
  readonly sessions: readonly SessionSnapshot[];
  readonly counters: Entries<CounterSnapshot>;
  readonly flights: Entries<Flight>;
  readonly approvals: Entries<Approval>;
  readonly goneApprovals: Entries<number>;
  readonly gates: Entries<GateState>;
  readonly gateViolators: Entries<readonly string[]>;
  readonly unlistedPrincipals: readonly string[];
  readonly marks: Entries<number>;
  readonly locks: Entries<number | null>;
  readonly footprints: Entries<readonly number[]>;
  readonly lastUsed: Entries<number>;
  readonly deferrals: Entries<number>;
};

/** Returns the state as plain JSON, from which `restore` makes an equal state. */
export function snapshot(state: State): Snapshot {
  const { agent, pact, now, epoch, memoryTainted } = state;
  return {
    version: 1,
    agent,
    pact,
    now,
    epoch,
    memoryTainted,
    sweepAbove: { ...state.sweepAbove },
    armedAt: [...state.armedAt],
    halts: [...state.halts],
    lifted: [...state.lifted],
    sessions: [...state.sessions.values()].map(snapshotSession),
    counters: snapshotCounters(state.counters),
    flights: [...state.flights],
    approvals: [...state.approvals],
    goneApprovals: [...state.goneApprovals],
    gates: [...state.gates],
    gateViolators: [...state.gateViolators].map(([key, principals]) => [key, [...principals]]),
    unlistedPrincipals: [...state.unlistedPrincipals],
    marks: [...state.marks],
    locks: [...state.locks],
    footprints: [...state.footprints].map(([tool, samples]) => [tool, [...samples]]),
    lastUsed: [...state.lastUsed],
    deferrals: [...state.deferrals],
  };
}

/**
 * Returns the state a snapshot was taken of.
 *
 * Throws when a session's memory is not what `snapshot` wrote.
 */
export function restore(from: Snapshot): State {
  const { agent, pact, now, epoch, memoryTainted } = from;
  return {
    agent,
    pact,
    now,
    epoch,
    memoryTainted,
    sweepAbove: { ...from.sweepAbove },
    // A digest's shape is not visible in a snapshot's string keys.
    armedAt: new Map(from.armedAt as readonly (readonly [Digest, number])[]),
    halts: new Map(from.halts),
    lifted: new Set(from.lifted),
    sessions: new Map(from.sessions.map((session) => [session.id, restoreSession(session)])),
    counters: restoreCounters(from.counters),
    flights: new Map(from.flights),
    approvals: new Map(from.approvals),
    goneApprovals: new Map(from.goneApprovals),
    gates: new Map(from.gates),
    gateViolators: new Map(from.gateViolators.map(([key, who]) => [key, new Set(who)])),
    unlistedPrincipals: new Set(from.unlistedPrincipals),
    marks: new Map(from.marks),
    locks: new Map(from.locks),
    footprints: new Map(from.footprints.map(([tool, samples]) => [tool, [...samples]])),
    lastUsed: new Map(from.lastUsed),
    deferrals: new Map(from.deferrals),
  };
}

function snapshotSession(session: SessionState): SessionSnapshot {
  return {
    ...session,
    labels: [...session.labels],
    claims: [...session.claims],
    claimIds: [...session.claimIds],
    refusals: [...session.refusals],
    records: [...session.records],
    counters: snapshotCounters(session.counters),
    memory: memoryToJson(session.memory),
  };
}

function restoreSession(session: SessionSnapshot): SessionState {
  const memory = memoryFromJson(session.memory);
  assert(memory !== null, 'snapshot holds a broken memory');
  return {
    ...session,
    labels: new Set(session.labels),
    delegation: session.delegation ?? [],
    claims: [...session.claims],
    claimIds: new Set(session.claimIds),
    refusals: new Map(session.refusals),
    records: new Map(session.records),
    counters: restoreCounters(session.counters),
    memory,
  };
}

function snapshotCounters(counters: ReadonlyMap<string, Counter>): Entries<CounterSnapshot> {
  return [...counters].map(([key, { used, windowEndMs }]) => {
    return [key, { used: formatDecimal(used), windowEndMs }];
  });
}

function restoreCounters(counters: Entries<CounterSnapshot>): Map<string, Counter> {
  return new Map(
    counters.map(([key, { used, windowEndMs }]) => {
      return [key, { used: parseDecimal(used) ?? 0n, windowEndMs }];
    }),
  );
}
