/** A person whose data is sealed: the random id that stands in the ledger, and the 32-byte key. */
export type Subject = { readonly id: string; readonly key: Uint8Array };

/** What an API key is for. Source: spec/api/README.md, section "Who may do what". */
export type KeyKind = 'person' | 'agent' | 'opener' | 'service';

/**
 * What a person may do; each role holds the rights of those before it, but `approver` and
 * `operator` differ.
 */
export type Role = 'viewer' | 'operator' | 'approver' | 'admin';

/** A claim that an opener may attest of a session's principal. */
export type AttestableClaim = {
  readonly claim: string;
  readonly values: readonly string[];
  /** How long it holds at most, in ms. */
  readonly maxMs: number;
};

/** An API key as it is kept: never the secret, only its hash. */
export type ApiKey = {
  readonly id: string;
  readonly kind: KeyKind;
  readonly name: string;
  /** For people; empty for machines. */
  readonly roles: readonly Role[];
  /** For machines of kind `service`; empty otherwise. */
  readonly scopes: readonly string[];
  /** The agents a machine's key is for; null: every agent. An agent's key names exactly one. */
  readonly agents: readonly string[] | null;
  /** SHA-256 of the secret, hex. The secret has 256 random bits, so no slow hash is needed. */
  readonly hash: string;
  /** For people: their address, in lower case, as approver lists of pacts name it; else null. */
  readonly email: string | null;
  /** For people: the groups that `role:<group>` of a pact's approvers means; empty otherwise. */
  readonly groups: readonly string[];
  /** What an opener may attest of principals; absent: nothing. */
  readonly grants?: readonly AttestableClaim[] | undefined;
  readonly addedAt: number;
  readonly addedBy: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
};

/** How the secret of a credential goes into a call. */
export type Inject =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'query'; readonly name: string };

/** A credential for calls to an upstream, without its secret. Times are ms UTC. */
export type Credential = {
  readonly id: string;
  readonly name: string;
  /** Where its secret may be sent: below this address and nowhere else. */
  readonly url: string;
  /** `read` serves actions of effect read alone; `write` serves all others. */
  readonly access: 'read' | 'write';
  readonly inject: Inject;
  /** The agents whose actions it may be used for. */
  readonly agents: readonly string[];
  /** Prefixes of paths it may be used for, from the host's root; empty: all below `url`. */
  readonly paths: readonly string[];
  /** Methods it may be used for; empty: all that its access has. */
  readonly methods: readonly string[];
  /** Counts its secrets: 1 for the first, one more with each rotation. */
  readonly version: number;
  readonly addedAt: number;
  readonly addedBy: string;
  readonly rotatedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute. */
  readonly usedAt: number | null;
};

/**
 * Keys and credentials. Never in the ledger, never in its backups.
 *
 * Contract, of every implementation:
 * - Every secret value at rest is encrypted under the root key, with its place as associated
 *   data: a
 *   row moved to another place does not open.
 * - A resolved write is durable. After `eraseSubject` resolved, neither key nor name of the
 *   subject is
 *   in any file of the vault, free pages and journals included.
 * - A vault opened with another root key, of a newer schema, or damaged is refused when it is
 *   opened,
 *   with a `VaultError` that says which, and nothing is changed.
 * - Names of subjects are looked up by a keyed hash; they are stored encrypted.
 */
export type Vault = {
  /**
   * Returns the subject of a name, made when there is none. Two calls at once make one. A name has
   * 1 to 1,024 bytes; another is a bug.
   */
  readonly subject: (name: string) => Promise<Subject>;
  /** Returns the key of a subject's id, or undefined when it was erased or never was. */
  readonly subjectKey: (id: string) => Promise<Uint8Array | undefined>;
  /** Returns the id a name has, or undefined. Makes none. */
  readonly findSubject: (name: string) => Promise<string | undefined>;
  /**
   * Destroys a subject's key and name. Returns whether there was one. When it rejects, repeat it
   * until it resolves, whatever it then returns.
   */
  readonly eraseSubject: (id: string) => Promise<boolean>;
  /** Returns a named secret (the log's key, a snapshot key), or undefined. */
  readonly secret: (name: string) => Promise<Uint8Array | undefined>;
  readonly putSecret: (name: string, value: Uint8Array) => Promise<void>;
  readonly removeSecret: (name: string) => Promise<void>;
  /** Adds a key; one of the same id is a bug. */
  readonly addKey: (key: ApiKey) => Promise<void>;
  readonly key: (id: string) => Promise<ApiKey | undefined>;
  /** Returns every key, in the order they were added. */
  readonly keys: () => Promise<readonly ApiKey[]>;
  /** Returns whether there was such a key that was not revoked yet. */
  readonly revokeKey: (id: string, at: number) => Promise<boolean>;
  /** Keeps a credential and its secret; one of the same id is a bug. */
  readonly addCredential: (credential: Credential, secret: Uint8Array) => Promise<void>;
  /**
   * Puts a credential in the place of the one of its id, with another secret, without one (null),
   * or with the one it has (undefined). Returns whether there was one.
   */
  readonly putCredential: (
    credential: Credential,
    secret: Uint8Array | null | undefined,
  ) => Promise<boolean>;
  /** Returns every credential, in the order they were added. */
  readonly credentials: () => Promise<readonly Credential[]>;
  /** Returns the secret of one version of a credential; undefined when it has none, or another. */
  readonly credentialSecret: (
    of: Pick<Credential, 'id' | 'version'>,
  ) => Promise<Uint8Array | undefined>;
  /** Writes a consistent copy of the whole vault, still encrypted under the root key. */
  readonly backup: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What may be done with a vault that is open for reading, beside a daemon that writes it. */
export type VaultReader = Pick<
  Vault,
  'subjectKey' | 'findSubject' | 'secret' | 'key' | 'keys' | 'backup' | 'close'
>;

/** Why a vault could not be opened or used; `older-schema` when it was opened for reading alone. */
export type VaultFault =
  'wrong-root-key' | 'newer-schema' | 'older-schema' | 'damaged' | 'locked' | 'disk';

/** The vault refused; the message says what to do. */
export class VaultError extends Error {
  readonly fault: VaultFault;

  constructor(fault: VaultFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
