import type { Approval } from '../approval/approval.ts';
import type { Claim } from '../authority/claim.ts';
import type { Delegation } from '../authority/delegation.ts';
import type { Decimal } from '../decimal.ts';
import type { Digest } from '../digest.ts';
import type { Halt } from '../halt/halt.ts';
import type { JsonObject } from '../json.ts';
import type { RuleId } from '../pact/compiled.ts';
import type { Memory } from '../provenance/memory.ts';
import type { Decision, Reservation } from './verdict.ts';
import { normalise } from '../provenance/normalise.ts';

/** The bounds of one agent's state. Source: spec/decide.md, section "Bounds". */
export const BOUNDS = {
  sessions: 10_000,
  inFlight: 10_000,
  marks: 100_000,
  locks: 10_000,
  approvals: 10_000,
  claimsPerSession: 64,
  claimIds: 1_024,
  deferrals: 10_000,
  footprintSamples: 1_000,
  argumentChars: 1_048_576,
  argumentDepth: 64,
} as const;

/** One counter: the exact amount used, and when its window ends (null: never). */
export type Counter = { used: Decimal; windowEndMs: number | null };

/** What the kernel knows of one open session. */
export type SessionState = {
  readonly id: string;
  readonly principal: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly attributes: JsonObject;
  readonly delegation: readonly Delegation[];
  lastAt: number;
  haltedBy: RuleId | null;
  readonly labels: Set<string>;
  readonly claims: Claim[];
  /** Every id a claim was recorded or revoked under: none is taken again. */
  readonly claimIds: Set<string>;
  readonly refusals: Map<string, number>;
  readonly records: Map<string, number>;
  readonly counters: Map<string, Counter>;
  readonly memory: Memory;
};

/** An action that was let through and whose outcome is not known yet. */
export type Flight = {
  readonly session: string;
  readonly reserves: readonly Reservation[];
  /** The duplicate marks that this action alone has set. */
  readonly marks: Decision['marks'];
};

/** A gate: closed until a person decides, or kept shut for good. */
export type GateState = 'closed' | 'kept';

/**
 * Everything the kernel knows of one agent, folded from its events.
 *
 * INVARIANT: `apply` owns the state it is given; `decide` only reads it.
 */
export type State = {
  readonly agent: string;
  pact: Digest | null;
  now: number;
  epoch: number;
  memoryTainted: boolean;
  readonly sweepAbove: { counters: number; marks: number };
  readonly armedAt: Map<Digest, number>;
  readonly halts: Map<string, Halt>;
  /** Optimisation incidents that were resumed: in force again under their objective. */
  readonly lifted: Set<string>;
  readonly sessions: Map<string, SessionState>;
  readonly counters: Map<string, Counter>;
  readonly flights: Map<string, Flight>;
  readonly approvals: Map<string, Approval>;
  /** Approvals that were spent or voided, until they would have expired: none comes back. */
  readonly goneApprovals: Map<string, number>;
  readonly gates: Map<string, GateState>;
  readonly gateViolators: Map<string, Set<string>>;
  readonly unlistedPrincipals: Set<string>;
  readonly marks: Map<string, number>;
  readonly locks: Map<string, number | null>;
  readonly footprints: Map<string, number[]>;
  readonly lastUsed: Map<RuleId, number>;
  readonly deferrals: Map<string, number>;
};

/** Returns the state of an agent of which nothing has happened yet. */
export function initialState(agent: string): State {
  return {
    agent,
    pact: null,
    now: 0,
    epoch: 0,
    memoryTainted: false,
    sweepAbove: { counters: 256, marks: 256 },
    armedAt: new Map(),
    halts: new Map(),
    lifted: new Set(),
    sessions: new Map(),
    counters: new Map(),
    flights: new Map(),
    approvals: new Map(),
    goneApprovals: new Map(),
    gates: new Map(),
    gateViolators: new Map(),
    unlistedPrincipals: new Set(),
    marks: new Map(),
    locks: new Map(),
    footprints: new Map(),
    lastUsed: new Map(),
    deferrals: new Map(),
  };
}

/** Returns the key of a halt: its scope, and its target where it has one. */
export function haltKey(scope: Halt['scope'], target: string): string {
  return scope === 'agent' || scope === 'fleet' ? scope : `${scope}:${target}`;
}

/** Returns the key of a halt under one objective. */
export function incidentKey(
  halt: Pick<Halt, 'scope' | 'target'>,
  objective: Digest | null,
): string {
  return JSON.stringify([haltKey(halt.scope, halt.target), objective]);
}

/** Returns the key of a category's gate; `session` null is the agent's own gate. */
export function gateKey(session: string | null, category: string): string {
  return JSON.stringify([session, category]);
}

/** Returns whether a gate's key is one of this session, or (given a category) of that category. */
export function isGateOf(
  key: string,
  of: { readonly session: string } | { readonly category: string },
): boolean {
  return 'session' in of
    ? key.startsWith(`[${JSON.stringify(of.session)},`)
    : key.endsWith(`,${JSON.stringify(of.category)}]`);
}

/**
 * Returns the key of a lock on an entity; `field` null is the whole entity. Ids and fields count as
 * values are compared: what another spelling reaches is locked as well.
 */
export function lockKey(entity: string, id: string, field: string | null): string {
  return `[${JSON.stringify(entity)},${JSON.stringify(compared(id))}${lockEnd(field)}`;
}

/** Returns how the key of a lock on a field ends. */
export function lockEnd(field: string | null): string {
  return `,${field === null ? 'null' : JSON.stringify(compared(field))}]`;
}

function compared(text: string): string {
  return normalise(text).trim();
}
