import type { Diagnostic, EarlierAction, Json, JsonObject, VerdictKind } from '@plumbline/core';
import type { LogStatus } from '../ledger/sequencer.ts';
import type { Caller } from '../routes/caller.ts';
import type { ApiKey, AttestableClaim, Credential, KeyKind, Role } from '../store/vault.ts';

/** Why a service did not do what was asked. Source: spec/api/README.md, section "Answers". */
export type ServiceCode =
  | 'bad-request'
  | 'bad-pact'
  | 'bad-key'
  | 'forbidden'
  | 'needs-proof'
  | 'bad-proof'
  | 'unknown-agent'
  | 'unknown-session'
  | 'session-closed'
  | 'unknown-decision'
  | 'not-found'
  | 'conflict'
  | 'needs-approval'
  | 'self-test-failed'
  | 'too-large'
  | 'overloaded'
  | 'unavailable'
  | 'not-armed';

/**
 * A refusal of a service. The message says what to do; it holds no secret and no personal data.
 * `at` is the place in the body for `bad-request`, `diagnostics` are there for `bad-pact`.
 */
export type ServiceError = {
  readonly code: ServiceCode;
  readonly message: string;
  readonly at?: string;
  readonly diagnostics?: readonly Diagnostic[];
  /** After how long it may be otherwise. */
  readonly retryAfterSeconds?: number;
  /** The kinds of second factors that would do. */
  readonly proofs?: readonly ('totp' | 'webauthn')[];
};

/** Either a value, or why not. Whatever resolves with `ok: true` and records is durable. */
export type Served<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ServiceError };

/** Where the entry stands that recorded what was asked for. */
export type Recorded = { readonly index: number };

/** How one version of a pact stands: waiting for the second person, in force, or beside it. */
export type PactState = 'proposed' | 'armed' | 'shadow' | 'earlier' | 'withdrawn';

/** One version of an agent's pact. `by` and `approvedBy` are ids of keys; times are ms UTC. */
export type PactRow = {
  readonly digest: string;
  readonly state: PactState;
  /** When it came into its state. */
  readonly at: number;
  readonly index: number;
  readonly by: string;
  readonly approvedBy: string | null;
  readonly reason: string;
  /** The break-glass under which one person published it alone; absent otherwise. */
  readonly breakGlass?: string | undefined;
};

/** A version with what it was compiled from. */
export type PactVersion = PactRow & {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  readonly signatures: readonly string[];
};

/** What somebody asks to be published. `signatures` are signed notes over the sources' digest. */
export type PactProposal = {
  readonly agent: string;
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  readonly mode: 'publish' | 'shadow';
  readonly reason: string;
  readonly signatures: readonly string[];
  /** The digest its author started from, null for none: where another is armed, it is refused. */
  readonly base?: string | null | undefined;
};

/** How many people publishing takes, and the verifier keys of whose signatures it asks for. */
export type PublishingRule = { readonly people: 1 | 2; readonly signers: readonly string[] };

/** One version of one agent's pact, by its digest (`sha256:` and 64 hex digits). */
export type PactAt = { readonly agent: string; readonly digest: string };

/**
 * Publishing.
 *
 * Contract:
 * - An agent that is not there is `unknown-agent`, a digest it never had `not-found`.
 * - A proposal with an error never arms: `bad-pact` with diagnostics, nothing recorded.
 * - Where publishing takes two, `propose` answers a row of state `proposed`, and `approve` by
 *   another person than `by` arms it; the same person is `forbidden`, whichever key they use when
 *   the keys have one name. A rollback takes two as well and is `proposed` first.
 * - What was not self-tested is not armed: `self-test-failed`.
 * - Arming what is armed, and approving what does not wait, is a `conflict`; so is publishing what
 *   its author started from another version than the one that is armed.
 */
export type Pacts = {
  readonly rule: PublishingRule;
  /** Every version, newest first. */
  readonly list: (agent: string) => Promise<Served<readonly PactRow[]>>;
  readonly get: (of: PactAt) => Promise<Served<PactVersion>>;
  readonly propose: (proposal: PactProposal, by: Caller) => Promise<Served<PactRow>>;
  readonly approve: (of: PactAt, by: Caller) => Promise<Served<PactRow>>;
  readonly rollback: (
    of: PactAt & { readonly reason: string },
    by: Caller,
  ) => Promise<Served<PactRow>>;
  readonly endShadow: (agent: string, by: Caller) => Promise<Served<Recorded>>;
};

/** A key as it is shown: without even the hash. */
export type ShownKey = Omit<ApiKey, 'hash'>;

/** What a key to be made is for. `expiresAt` is ms UTC, null: never. */
export type KeyRequest = {
  readonly kind: KeyKind;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly agents: readonly string[] | null;
  readonly expiresAt: number | null;
  /** For people: their address, and the groups that approver lists of pacts name. */
  readonly email: string | null;
  readonly groups: readonly string[];
  /** For openers: what they may attest of principals. */
  readonly grants?: readonly AttestableClaim[] | undefined;
};

/** The one time the secret is seen: `token` is `plk_<id>_<secret>`. */
export type GivenKey = { readonly key: ShownKey; readonly token: string };

/**
 * API keys. Tokens are made, taken apart and hashed by `key-token.ts` alone.
 *
 * Contract:
 * - `find` is synchronous and answers from memory, revoked and expired keys included: the caller
 *   checks. A revocation counts there before `revoke` resolves, a new key once `add` resolved.
 * - `add` refuses as `bad-request` what cannot be: an agent's key for other than one agent, roles
 *   on a machine, none on a person, scopes on other than a service, a past expiry; a key for an
 *   agent that is not there is `unknown-agent`. Recorded as `key_added`.
 * - A revoked key stays listed. Revoking the last admin key that is neither revoked nor expired is
 *   a `conflict`, unless `local` does it.
 * - `recover` adds an admin key on the machine itself, for the first start and for `plumb key
 *   recover`; recorded as `key_added` by `local`.
 */
export type Keys = {
  readonly find: (id: string) => ApiKey | undefined;
  readonly list: () => Promise<readonly ShownKey[]>;
  readonly add: (request: KeyRequest, by: Caller) => Promise<Served<GivenKey>>;
  readonly revoke: (id: string, by: Caller) => Promise<Served<Recorded>>;
  readonly recover: (name: string) => Promise<Served<GivenKey>>;
};

/** What a credential is made of; its secret apart. Times are ms UTC. */
export type CredentialRequest = Pick<
  Credential,
  'name' | 'url' | 'access' | 'inject' | 'agents' | 'paths' | 'methods' | 'expiresAt'
>;

/**
 * Credentials of upstreams, which the broker puts into calls. Secrets go in and never come out.
 *
 * Contract:
 * - `add` refuses as `bad-request` what cannot be: an address with user, query or fragment, or one
 *   in the clear that is not this machine's; a read credential with a method that writes; a secret
 *   that no header can hold. An agent that is not there is `unknown-agent`.
 * - What is recorded holds neither a secret nor a digest of one.
 * - A rotation counts before it is answered; a revocation too, and destroys the secret.
 */
export type Credentials = {
  readonly list: () => readonly Credential[];
  readonly add: (
    request: CredentialRequest,
    secret: string,
    by: Caller,
  ) => Promise<Served<Credential>>;
  readonly rotate: (id: string, secret: string, by: Caller) => Promise<Served<Credential>>;
  readonly revoke: (id: string, by: Caller) => Promise<Served<Recorded>>;
  /** Notes, to the minute, that a credential was used. */
  readonly used: (id: string) => void;
};

/** What an erasure did. `subject` is the id that stands in the ledger. */
export type Erased = Recorded & {
  readonly subject: string;
  readonly sessions: readonly string[];
};

/** One entry of a person, opened. `secret` is null when nothing was sealed. */
export type OpenedEntry = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly agent: string | null;
  readonly session: string | null;
  readonly open: JsonObject;
  readonly secret: Json;
};

/** Everything held of a person. `nextIndex`: it holds everything before this index. */
export type Exported = {
  readonly subject: string;
  readonly name: string;
  readonly entries: readonly OpenedEntry[];
  readonly nextIndex: number;
};

/**
 * People whose data is held, named by what a session was opened for (`subject`, or else its
 * principal).
 *
 * Contract:
 * - A name nobody has is `not-found`; it is never created by asking.
 * - `erase` closes the open sessions, destroys key and name, and appends `erasure`. An interrupted
 *   erasure is finished by asking again or by the next start.
 * - `export` records a `read` for every session it opened, and is `too-large` beyond 10 000
 *   entries.
 */
export type Subjects = {
  readonly erase: (
    of: { readonly subject: string; readonly reason: string },
    by: Caller,
  ) => Promise<Served<Erased>>;
  readonly export: (subject: string, by: Caller) => Promise<Served<Exported>>;
};

/** A decision as recorded, what everyone may read. `outcome` is null while none was reported. */
export type RecordedDecision = {
  readonly index: number;
  readonly at: number;
  readonly agent: string;
  readonly session: string;
  readonly decision: string;
  readonly verdict: VerdictKind;
  readonly open: JsonObject;
  readonly outcome: {
    readonly index: number;
    readonly at: number;
    readonly open: JsonObject;
  } | null;
};

/**
 * The same, opened. `sealed` says whether it could be: `opened`, `erased` or `missing`. The action,
 * facts, full decision and outcome are null unless opened; `explanation` is the kernel's, in words.
 */
export type OpenedDecision = RecordedDecision & {
  readonly sealed: 'opened' | 'erased' | 'missing';
  readonly action: Json;
  readonly facts: Json;
  readonly full: Json;
  readonly result: Json;
  readonly explanation: string | null;
};

/**
 * Decisions as they stand in the ledger.
 *
 * Contract: `opened` appends the `read` entry, durable before the answer. Neither looks at whom the
 * caller may see: the route does, by `agent`.
 */
export type Decisions = {
  readonly recorded: (decision: string) => Promise<Served<RecordedDecision>>;
  /** Opens a decision of which the reading is recorded by the caller. */
  readonly unsealed: (decision: string) => Promise<Served<OpenedDecision>>;
  /** How the last actions of the same tool of the agent were decided before, and with what. */
  readonly earlier: (decision: string) => Promise<readonly EarlierAction[]>;
  readonly opened: (decision: string, by: Caller) => Promise<Served<OpenedDecision>>;
};

/** The log that is written, as its readers see it. `checkpoint` is the signed note. */
export type ShownLog = LogStatus & {
  /** How many entries stand in the logs before this one: its own sizes begin after them. */
  readonly start: number;
  readonly verifierKey: string;
  readonly checkpoint: string;
};

/** Hashes in base64, from a size to the published checkpoint's size. */
export type ConsistencyProof = {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
};

/** The log that follows one, and how many entries stand before it. */
export type RolledLog = { readonly origin: string; readonly start: number };

/**
 * The log that is written; indexes and sizes are its own. What is not durable (`entry`), or not
 * under the published checkpoint yet (`proof`, `consistency`), is `not-found`.
 */
export type Log = {
  readonly status: () => ShownLog;
  /** Rolls the log over; `unavailable` when that failed, and with it the daemon ends. */
  readonly roll: () => Promise<Served<RolledLog>>;
  readonly entry: (index: number) => Promise<Served<Uint8Array>>;
  /** Returns the text of a c2sp.org/tlog-proof. */
  readonly proof: (index: number) => Promise<Served<string>>;
  readonly consistency: (from: number) => Promise<Served<ConsistencyProof>>;
};

/** What the gate refused before anything could be decided; summed into `refused` entries. */
export type RefusedWhat = 'bad-key' | 'bad-token' | 'bad-sign-in' | 'rate-limited' | 'bad-permit';

/** How the daemon stands. `down` names what keeps decisions from becoming durable. */
export type Health = {
  readonly readiness: () => { readonly isReady: boolean; readonly down: readonly string[] };
  /** Bytes an unprivileged writer still has, as last looked; null before the first look. */
  readonly freeBytes: () => number | null;
  /** Counts one refused request; never throws or waits. The daemon records the sums. */
  readonly noteRefused: (what: RefusedWhat) => void;
};

/** Why a definition is kept from an agent. Source: spec/mcp.md, section "Pins". */
export type QuarantineReason =
  'changed' | 'shadowed' | 'repeated' | 'look-alike' | 'hidden-instructions' | 'first-seen';

/** One tool of a server: the name the pact gives it, and what the server lists. */
export type OfferedTool = { readonly tool: string; readonly definition: Json };

/** What a server offers an agent in a session. `server` is what the enforcement point calls it. */
export type ToolOffer = {
  readonly agent: string;
  readonly session: string;
  readonly server: string;
  readonly tools: readonly OfferedTool[];
};

/** How one offered tool stands. Only what is `usable` may be listed and called. */
export type ToolStanding = {
  readonly tool: string;
  readonly state: 'usable' | 'unusable' | 'quarantined';
  readonly why: QuarantineReason | null;
  readonly say: string | null;
};

/** How everything offered stands, and every tool of the pact the session could be let use. */
export type OfferAnswer = {
  readonly tools: readonly ToolStanding[];
  readonly usable: readonly string[];
  readonly pact: string;
};

/**
 * One definition of a tool. `definition` is the digest of the blob that holds it, `description` and
 * `schema` are digests of its parts. For a look-alike `tool` is the name it resembles and `name`
 * the digest of its own.
 */
export type ToolRow = {
  readonly tool: string;
  readonly server: string;
  readonly definition: string;
  readonly description: string;
  readonly schema: string;
  readonly state: 'pinned' | 'quarantined' | 'earlier';
  readonly at: number;
  readonly index: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly why: QuarantineReason | null;
  readonly signs: readonly string[];
  readonly name: string | null;
};

/**
 * The inventory of tools.
 *
 * Contract:
 * - What is pinned or quarantined by an offer is recorded before the offer is answered.
 * - A name stands for one definition of one server. Another is quarantined until a person accepts
 *   it, and pins itself at first sight only where that is configured and nothing speaks against.
 * - A tool the pact does not declare, or keeps from the session, is `unusable` and not recorded.
 * - `accept` of what is pinned, and of a look-alike, is a `conflict`.
 */
export type Tools = {
  readonly offer: (offer: ToolOffer) => Promise<Served<OfferAnswer>>;
  /** Every definition, newest first. */
  readonly list: (agent: string) => Promise<Served<readonly ToolRow[]>>;
  /** One definition with its text, and the text of the accepted one where that is another. */
  readonly get: (of: {
    readonly agent: string;
    readonly digest: string;
  }) => Promise<
    Served<ToolRow & { readonly offered: JsonObject | null; readonly accepted: JsonObject | null }>
  >;
  readonly accept: (
    of: { readonly agent: string; readonly digest: string; readonly reason: string },
    by: Caller,
  ) => Promise<Served<ToolRow>>;
};
