import type {
  AskCase,
  BoundRoom,
  CompiledPact,
  Effect,
  Explanation,
  HaltScope,
  Json,
  JsonObject,
  OutcomeStatus,
  Permit,
  Requirement,
  Review,
  Route,
  VerdictKind,
  VoteFact,
} from '@plumbline/core';

import type {
  AttestedClaim,
  ClaimIn,
  ClaimNote,
  EndOfClaim,
  Handover,
  PrincipalProof,
  ProofOf,
} from './claim-types.ts';
import type {
  AskedAction,
  AskLink,
  AskNote,
  AsksWanted,
  Ballot,
  Counted,
  FoundAsk,
} from './ask-types.ts';
import type {
  ClosedGate,
  Correction,
  DecidedGate,
  GateDecision,
  LockRequest,
  PlacedLock,
  ReviewClosing,
  ShownLock,
  UnlockRequest,
} from './people.ts';
import type { AgentStatus } from './agent-status.ts';
import type { Executed } from './halts/executing.ts';
import type { EndedCall, GivenLease, LeaseRequest, OfLease, Renewed } from './halts/lease.ts';
import type { HaltOrder, ResumeOrder, Stop } from './halts/order.ts';
import type { AnsweredHalt, HaltView } from './halts/view.ts';
import type { InSession, SessionView } from './session-view.ts';
import type { Noting } from './noted-types.ts';
import type { ChangedStaging, StagingDesk } from './staging-types.ts';
import type { UsableTools } from './tool-types.ts';
import type { Trace } from './trace.ts';

/** What whoever opens a session attests. Never comes from the agent's own key. */
export type OpenRequest = {
  readonly agent: string;
  readonly principal: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly attributes: JsonObject;
  /**
   * What the opener calls the session; sealed. Opening again under the same name while it is open
   * returns it.
   */
  readonly name: string | null;
  /** Whose data the session holds, for erasure; the principal when null. */
  readonly subject: string | null;
  /** The id of that subject, where the daemon itself opens the session; then no name counts. */
  readonly subjectId?: string;
  /** The id of the key that attests. */
  readonly openedBy: string;
  /** What the principal's own token proved; it must be of this principal. */
  readonly proof?: PrincipalProof;
  /** What the opener attests of the principal, as it was given leave to. */
  readonly claims?: readonly AttestedClaim[];
  /**
   * The session that hands this one down. An empty `principal` and no `room` are then the parent's;
   * the subject always is.
   */
  readonly parent?: Handover;
};

/** One proposed action as an enforcement point sends it. */
export type ActionRequest = {
  readonly agent: string;
  readonly session: string;
  /**
   * The request id: sent again with the same body it gets the first answer, with another body a
   * conflict.
   */
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly trace?: Trace;
  /** The lease the permit is to be given under, and whose it is; none: redeemed at the daemon. */
  readonly under?: { readonly lease: string; readonly by: string };
};

/** What a caller who may open sessions attests for one evaluation, instead of opening one. */
export type Attestation = Pick<
  OpenRequest,
  'principal' | 'task' | 'room' | 'attributes' | 'openedBy'
>;

/** What a dry run is about: an action in an open session, or for someone attested to. */
export type EvaluationRequest = {
  readonly agent: string;
  readonly session: string | Attestation;
  readonly tool: string;
  readonly args: JsonObject;
};

/** Leave to act once: redeemed at the moment of forwarding. */
export type GivenPermit = Pick<Permit, 'id' | 'epoch' | 'expiresAtMs'> & {
  readonly token: string;
  /** How long it lasts from now on, on any monotonic clock. */
  readonly lastsMs: number;
  /** The lease it was given under: its holder redeems it itself; null: it is redeemed here. */
  readonly lease: string | null;
  /** The last stop of the agent before it was given. */
  readonly stop: number;
};

/**
 * The answer to one action. When it is there, its entry is durable.
 *
 * `permit` is there for `allow` and `modify` alone, and null once it was redeemed, expired or
 * voided; `args` with it.
 * `say` is the text for the agent, with a refusal. `isRepeat`: the answer to an earlier request
 * of this id.
 */
export type Answer = {
  readonly decision: string;
  readonly index: number;
  readonly verdict: VerdictKind;
  readonly permit: GivenPermit | null;
  /** The arguments to act with: rewritten ones under `modify`. */
  readonly args: JsonObject | null;
  readonly say: string | null;
  readonly rules: readonly string[];
  readonly requirements: readonly Requirement[];
  readonly until: readonly string[];
  /** Under `step_up`: the id of what people are asked; `expiresAtMs` is until when. */
  readonly approval: string | null;
  readonly expiresAtMs: number | null;
  readonly obligations: readonly { readonly kind: string; readonly say: string }[];
  /** Where the action of a staged tool goes; null where its tool is not staged. */
  readonly route: Route | null;
  readonly isRepeat: boolean;
};

/** What an enforcement point reports after it acted, or instead of acting. */
export type OutcomeReport = {
  readonly agent: string;
  readonly session: string;
  readonly decision: string;
  readonly status: OutcomeStatus;
  readonly result: Json;
  readonly records: number | null;
  /** Of a permit given under a lease: that it was redeemed there, and how long ago. */
  readonly forwarded?: { readonly lease: string; readonly msAgo: number };
  readonly isCancelled?: boolean;
};

/**
 * Why the guard did not do what was asked. After `unavailable` and `overloaded`, which decided
 * nothing, the same request may be sent again; everything else is final for it.
 */
export type RefusalCode =
  | 'unknown-agent'
  | 'not-armed'
  | 'unknown-session'
  | 'session-closed'
  | 'unknown-decision'
  | 'outcome-known'
  | 'not-let-through'
  | 'conflict'
  | 'permit-used'
  | 'permit-expired'
  | 'permit-void'
  | 'permit-unknown'
  | 'lease-unknown'
  | 'same-objective'
  | 'token-used'
  | 'too-large'
  | 'bad-request'
  | 'not-found'
  | 'forbidden'
  | 'self-test-failed'
  | 'overloaded'
  | 'unavailable';

/** A refusal of the guard itself; a `deny` is an `Answer`. The message says what to do. */
export type Refusal = { readonly code: RefusalCode; readonly message: string };

/** Either a value, or why not. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Refusal };

/** What a permit is for, while it could be redeemed. */
export type PermittedAction = {
  readonly decision: string;
  readonly session: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly tool: string;
  /** The arguments to act with. */
  readonly args: JsonObject;
  /** As the armed pact declares it; null where only the call itself tells. */
  readonly effect: Effect | null;
  /** Where it goes when its tool is staged; else null. */
  readonly route: Route | null;
};

/** What was stopped, by a person, an alert or the kernel. `target` is empty for an agent. */
export type Stopped = {
  readonly agent: string;
  readonly scope: HaltScope;
  readonly target: string;
  readonly epoch: number;
};

/**
 * What people decide about an agent's work, and what holds because of it.
 *
 * Contract:
 * - Whatever resolves with `ok: true` is durable and was in force before it was.
 * - A lock on every agent is one `node_lock`, and a `lock` in each agent's chain; an agent that is
 *   added gets it in the turn it is added in, and one that missed it gets it at the next start.
 * - A table of locks that is full refuses the next with `too-large`: the kernel would lock all.
 */
export type People = {
  readonly lock: (of: LockRequest) => Promise<Outcome<PlacedLock>>;
  readonly unlock: (of: UnlockRequest) => Promise<Outcome<{ readonly index: number }>>;
  /** Locks in force: an agent's with those of every agent, or the latter alone for null. */
  readonly locks: (agent: string | null) => readonly ShownLock[] | undefined;
  /** Every gate that is shut; undefined for an agent that is not there. */
  readonly closedGates: (agent: string) => readonly ClosedGate[] | undefined;
  readonly decideGate: (of: GateDecision) => Promise<Outcome<DecidedGate>>;
  readonly correct: (of: Correction) => Promise<Outcome<{ readonly index: number }>>;
  /** Reviews of the agent's objective, newest first. */
  readonly reviews: (agent: string) => readonly Review[] | undefined;
  readonly closeReview: (of: ReviewClosing) => Promise<Outcome<{ readonly index: number }>>;
};

/**
 * Leases: an enforcement point that holds one redeems permits itself, in the turn in which it
 * forwards, for as long as the lease lasts on its own monotonic clock.
 *
 * Contract:
 * - `stops` is answered in the turn in which something stops, so that nobody asks again and again.
 * - Who acknowledges a stop has voided what it voids, and names every action that was forwarded
 *   and whose report was not answered yet: what is not named was not forwarded.
 * - A lease that runs out or is unknown lets nothing more be redeemed; it never comes back.
 */
export type Leases = {
  readonly take: (of: LeaseRequest) => Outcome<GivenLease>;
  readonly renew: (
    of: OfLease & { readonly used: readonly string[]; readonly ended: readonly EndedCall[] },
  ) => Outcome<Renewed>;
  readonly stops: (
    of: OfLease & { readonly after: number; readonly waitMs: number },
  ) => Promise<Outcome<{ readonly stop: number; readonly stops: readonly Stop[] }>>;
  readonly acknowledge: (
    of: OfLease & {
      readonly stop: number;
      readonly used: readonly string[];
      readonly executed?: readonly Executed[] | undefined;
    },
  ) => Outcome<{ readonly stop: number }>;
  readonly giveUp: (
    of: OfLease & { readonly used: readonly string[] },
  ) => Outcome<{ readonly stop: number }>;
};

/**
 * Decides every action of every agent, one ordered mailbox per agent: plan, gather, turn,
 * durable, answer.
 *
 * Contract:
 * - Whatever resolves with `ok: true` is durable in the ledger. When the ledger stopped,
 *   everything is
 *   `unavailable`.
 * - Turns of one agent happen one after the other; ledger order is decision order.
 * - At most `bounds.waiting` requests of one agent wait; the next is `overloaded`, at once.
 * - Permits live in memory, are redeemed once, and do not outlive the daemon: after a restart
 *   every earlier
 *   permit is unknown. A halt (of any scope that covers it), a closed session or a changed pact
 * voids them.
 * - A fact that does not arrive by its deadline is missing, which the pact answers.
 */
export type Guard = Noting<Outcome<{ readonly index: number }>> & {
  readonly openSession: (
    request: OpenRequest,
  ) => Promise<
    Outcome<{ readonly session: string; readonly index: number; readonly isRepeat: boolean }>
  >;
  readonly closeSession: (of: {
    readonly agent: string;
    readonly session: string;
  }) => Promise<Outcome<{ readonly index: number }>>;
  readonly message: (message: {
    readonly agent: string;
    readonly session: string;
    readonly from: 'principal' | 'untrusted';
    readonly text: string;
  }) => Promise<Outcome<{ readonly index: number }>>;
  /**
   * Records what a session's principal proved by a token, or what an opener attests, once it is
   * open. A session that was handed down takes neither: it may do no more than its parent.
   */
  readonly prove: (of: ProofOf) => Promise<Outcome<ClaimNote & { readonly claims: number }>>;
  /**
   * Records what was verified of a session's principal: it counts once it is durable. What has
   * expired is `bad-request`. Never called for what an agent or its content says.
   */
  readonly claim: (of: ClaimIn) => Promise<Outcome<ClaimNote>>;
  /** What whoever gives or takes back a grant has to know. */
  readonly viewSession: (of: InSession) => Outcome<SessionView>;
  /** Ends a claim that has an id before it ends by itself, also where it was handed down. */
  readonly revokeClaim: (of: EndOfClaim) => Promise<Outcome<ClaimNote>>;
  readonly decide: (request: ActionRequest) => Promise<Outcome<Answer>>;
  /**
   * A dry run against the state as it stands: nothing is recorded, reserved or remembered. With an
   * attestation it runs as the first action of a session opened that moment, which then never was.
   */
  readonly evaluate: (request: EvaluationRequest) => Promise<Outcome<Explanation>>;
  /** Synchronous, so that an enforcement point can redeem and forward in one turn of its own. */
  readonly redeem: (permit: { readonly agent: string; readonly token: string }) => Outcome<{
    readonly decision: string;
    readonly args: JsonObject;
  }>;
  /** Returns what a permit is for without using it; refused as redeeming it would be. */
  readonly inspect: (permit: Parameters<Guard['redeem']>[0]) => Outcome<PermittedAction>;
  /** What people are asked, as it stands; decided on by `vote` alone. */
  readonly asks: {
    /** The asks that are remembered and wanted, oldest first by agent. */
    readonly list: (wanted?: AsksWanted) => readonly FoundAsk[];
    readonly find: (id: string) => FoundAsk | undefined;
    /** Returns what an approver needs to know; null where nobody knows it any more. */
    readonly gathered: (id: string, asked: AskedAction) => AskCase | null;
    /** Takes a person's word down, and what follows from it. */
    readonly vote: (ballot: Ballot) => Promise<Outcome<Counted>>;
    /** Notes that somebody is shown an ask; durable before it is. */
    readonly show: (id: string, by: string) => Promise<Outcome<AskNote>>;
    /** Notes that a link was made by which a person may vote. */
    readonly link: (link: AskLink) => Promise<Outcome<AskNote>>;
    /** Resolves when the ask has changed and that is durable, or after so many milliseconds. */
    readonly whenChanged: (id: string, withinMs: number) => Promise<Outcome<undefined>>;
    /** Facts of the last votes of every agent. */
    readonly votes: () => readonly VoteFact[];
  };
  readonly outcome: (report: OutcomeReport) => Promise<Outcome<{ readonly index: number }>>;
  /** What an agent may be shown in an open session. */
  readonly usableTools: (of: InSession) => Outcome<UsableTools>;
  /** Whether a finding halts, as the agent's armed pact says. */
  readonly haltsOn: (agent: string, finding: string) => boolean;
  /** Writes down, as the finding `bypass`, that something ran which was not let through. */
  readonly ranAnyway: (of: InSession) => Promise<Outcome<{ readonly index: number }>>;
  /** In force in the same turn; resolves once it is latched for good. */
  readonly halt: (order: HaltOrder) => Promise<Outcome<AnsweredHalt>>;
  readonly resume: (order: ResumeOrder) => Promise<Outcome<{ readonly index: number }>>;
  /** Every halt that is in force, and those since the daemon started. */
  readonly halts: () => readonly HaltView[];
  /** One halt, once it is effective, or has another revision, or so long was waited. */
  readonly findHalt: (halt: string, ms: number, after?: number) => Promise<HaltView | undefined>;
  readonly leases: Leases;
  /**
   * Tells of everything that is stopped from now on, in the turn in which it is in force and for
   * each agent it concerns; a listener must not throw or wait. Returns what ends the telling.
   */
  readonly onHalt: (listener: (stopped: Stopped) => void) => () => void;
  /** Adds an agent without a pact: everything it asks is refused until one is armed. */
  readonly addAgent: (agent: string, by: string) => Promise<Outcome<{ readonly index: number }>>;
  /**
   * Proves by a probe session that the pact refuses through this same path, records that, and
   * arms it. Sessions
   * go on under the pact that is armed now.
   */
  readonly arm: (agent: string, pact: CompiledPact) => Promise<Outcome<{ readonly index: number }>>;
  /** Runs a second pact on the agent's traffic and records where it differs; null stops that. */
  readonly shadow: (agent: string, pact: CompiledPact | null) => Promise<Outcome<undefined>>;
  /** Closes the open sessions of a subject before its key is destroyed; returns which. */
  readonly forget: (subject: string) => Promise<Outcome<{ readonly sessions: readonly string[] }>>;
  /** Locks, gates, corrections and reviews: what people decide about an agent's work. */
  readonly people: People;
  /** How staged actions stand; null where the armed pact stages none. */
  readonly staging: StagingDesk<Outcome<ChangedStaging>>;
  /** How much is left of each limit and budget of the armed pact; none without one. */
  readonly roomLeft: (agent: string) => readonly BoundRoom[] | undefined;
  readonly status: (agent: string) => AgentStatus | undefined;
  readonly agents: () => readonly AgentStatus[];
  /** Stops taking requests, waits for what is in flight, snapshots. */
  readonly close: () => Promise<void>;
};
