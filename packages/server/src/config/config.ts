import type { ConsoleConfig } from './console-schema.ts';
import type { AuthorityConfig } from './authority.ts';
import type { DrillConfig } from './drills.ts';
import type { NotifyRules } from './notify.ts';
import type { ContainerTargets } from './containers.ts';
import type { Revocations } from './revocations.ts';
import type { Cuts } from './cuts.ts';
import type { Supervision } from './supervision.ts';
import type { McpConfig } from './mcp-schema.ts';
import type { AuditsConfig } from './audits.ts';
import type { BreakGlassConfig, PeopleConfig } from './people.ts';

/** Everything that can be configured, after defaults. Read once, at the start. */
export type Config = {
  /** The data directory, absolute; of mode 0700. */
  readonly data: string;
  readonly rootKey: RootKeySource;
  /** The log's name: a URL without scheme, such as `ledger.example/agents/prod`. */
  readonly origin: string;
  readonly listen: {
    /** Null: the socket alone. Port 0 takes a free one. */
    readonly http: { readonly host: string; readonly port: number } | null;
    readonly tls: {
      readonly certFile: string;
      readonly keyFile: string;
      /** Who vouches for the certificates of clients; null: none is asked for. */
      readonly clientCaFile: string | null;
    } | null;
    /** A proxy in front ends TLS; without it, only loopback is listened on in the clear. */
    readonly isBehindProxy: boolean;
    /** Names beside the address that `Host` may have. */
    readonly hosts: readonly string[];
  };
  /** What the daemon's own user may do on the socket. */
  readonly localRights: 'all' | 'enforce';
  /** Whose tokens and certificates are believed. */
  readonly authority: AuthorityConfig & PeopleConfig;
  readonly log: {
    /** Whether `/log/` needs a key. */
    readonly isOpen: boolean;
    readonly publishEveryMs: number;
    readonly heartbeatMs: number;
    readonly segmentBytes: number;
    /** Rolls the log over at this size; null: never by itself. */
    readonly rollAtEntries: number | null;
    /** Entry bundles and blobs of rolled logs are dropped after it; null: never. */
    readonly keepDays: number | null;
    /** Policy text naming the witnesses (c2sp.org/tlog-policy); null: none. */
    readonly witnesses: string | null;
    /** Text of a known-logs file, which the daemon only reads; null: none. */
    readonly knownLogs: string | null;
    /** URL of an RFC 3161 time-stamping authority; null: none. */
    readonly timestamps: string | null;
  };
  readonly disk: {
    /** A warning is recorded and shown below this; decisions go on. */
    readonly warnBytes: number;
    /** Nothing more is accepted below this, so that what is in flight can still be finished. */
    readonly refuseBytes: number;
  };
  readonly guard: {
    readonly permitMs: number;
    /** How long an approval waits for its action to come again. */
    readonly approvalMs: number;
    readonly leaseMs: number;
    readonly gatherMs: number;
    readonly waiting: number;
    readonly sessionIdleMs: number;
  };
  /** How much undoing of what people decided raises a review, and whether that halts the agent. */
  readonly reviews: {
    readonly actions: number;
    readonly sessions: number;
    readonly windowMs: number;
    readonly halts: boolean;
  };
  readonly audits: AuditsConfig;
  /** Where facts are looked up, by fact name. */
  readonly facts: ReadonlyMap<string, { readonly url: string; readonly timeoutMs: number }>;
  /** Where the daemon makes calls of tools itself, by the upstream's name. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
  /** Networks that outgoing calls may reach although they are private. */
  readonly allowNetworks: readonly string[];
  readonly publishing: {
    /** How many people it takes: 1 or 2. */
    readonly people: 1 | 2;
    /** Verifier keys of which as many must have signed; none: signatures are not asked for. */
    readonly signers: readonly string[];
  };
  /** What the MCP gateway over HTTP serves. */
  readonly mcp: McpConfig;
  readonly tools: {
    /** A definition nobody has seen is pinned, or waits for a person. */
    readonly firstSight: 'pin' | 'ask';
  };
  readonly approvals: {
    /** What a vote has to prove beside the key. */
    readonly factor: 'none' | 'totp' | 'webauthn';
  };
  readonly breakGlass: BreakGlassConfig;
  readonly console: ConsoleConfig;
  /** Who is told of what. */
  readonly notify: NotifyRules;
  /** How drills of halts are judged. */
  readonly drills: DrillConfig;
  /** Who is told that what a halted agent was given is good no more. */
  readonly revocations: Revocations;
  /** What is cut off from every network because of a halt. */
  readonly cuts: Cuts;
  /** How far agents in sandboxes may reach, and how much they may use. */
  readonly supervision: Supervision;
  /** Where containers of agents run, which a halt ends. */
  readonly containers: ContainerTargets;
  readonly limits: {
    readonly bodyBytes: number;
    readonly requestsPerMinute: number;
    readonly badKeysPerMinute: number;
    readonly mcpClients: number;
    readonly mcpRequests: number;
    readonly mcpIdleMs: number;
  };
};

/** A service that tools call, and how each tool does. */
export type Upstream = {
  /** Without user, query and fragment. */
  readonly url: string;
  /** Where calls of staged tools go, under the name that the pact calls it; null: nowhere. */
  readonly staging: { readonly name: string; readonly url: string } | null;
  /** Whose tools these are; null: those of every agent. */
  readonly agents: readonly string[] | null;
  readonly timeoutMs: number;
  /** The largest answer that is read. */
  readonly maxBytes: number;
  readonly tools: Readonly<Record<string, ToolCall>>;
};

/** One tool's call. `{name}` stands for an argument, by its dotted path. */
export type ToolCall = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the address of the upstream. */
  readonly path: string;
  /** What each parameter holds, or `rest`: every argument that has no other place. */
  readonly query: 'rest' | Readonly<Record<string, string>>;
  /** `args`: all arguments; `rest`: those that have no other place. Sent as JSON. */
  readonly body: 'args' | 'rest' | null;
  /** The member of the answer that is the list, or the number, of records. */
  readonly records: string | null;
};

/** Where the root key comes from; never from the data directory. */
export type RootKeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'credential'; readonly name: string };
