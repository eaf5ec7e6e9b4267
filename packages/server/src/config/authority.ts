import type { SecretSource } from './notify.ts';

/** What a person may do. */
type Role = 'viewer' | 'operator' | 'approver' | 'admin';

/** Signatures with a key pair. What a shared secret signs is never taken. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** One of them. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/**
 * Whom the tokens of an issuer speak for: people who call the API, the principals of sessions, or
 * workloads that call the API. An issuer and audience is for one of them alone.
 */
export type TokenUse = 'people' | 'principals' | 'workloads';

/** Where an issuer's keys come from. */
export type KeyPlace =
  | { readonly kind: 'discovery' }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string };

/** What the daemon is to an issuer with which people sign in at the console. */
export type IssuerClient = {
  /** What the page calls the issuer; null: by its host. */
  readonly name: string | null;
  /** Null: a public client, which PKCE alone protects. */
  readonly secret: SecretSource | null;
  readonly scopes: readonly string[];
};

/** One issuer of tokens, with one audience. Times are in milliseconds. */
export type IssuerConfig = {
  /** The exact `iss`, or `spiffe://<trust domain>`: then `sub` is of that domain. */
  readonly issuer: string;
  /** What `aud` must name. */
  readonly audience: string;
  readonly for: TokenUse;
  readonly keys: KeyPlace;
  readonly algorithms: readonly TokenAlgorithm[];
  /** What `typ` of the header must be, such as `at+jwt`; null: not looked at. */
  readonly typ: string | null;
  /** What `azp` must be; null: then a token may name one audience alone. */
  readonly azp: string | null;
  readonly clockSkewMs: number;
  /** How long after `iat` a token is taken at most. */
  readonly maxTokenAgeMs: number;
  /** For principals: whether a token opens or widens one session alone, or each session once. */
  readonly replay: 'once' | 'reuse';
  /** How long keys are used without asking again, and how long when the issuer does not answer. */
  readonly freshMs: number;
  readonly staleMs: number;
  /** Names of claims; one with dots is looked for as a path when there is none of that name. */
  readonly claims: { readonly email: string; readonly groups: string; readonly roles: string };
  /** For people: how they sign in with it at the console, as the client `audience`; null: not. */
  readonly client: IssuerClient | null;
  /** What the issuer calls each role; what is not named here gives none. */
  readonly roles: ReadonlyMap<string, Role>;
  /** What a principal is called in a session. */
  readonly principal: 'email' | 'sub';
  /** For principals: the claims that are recorded in the session. */
  readonly record: readonly string[];
};

/** How a workload shows who it is. */
export type WorkloadProof =
  | { readonly kind: 'spiffe'; readonly id: string }
  | { readonly kind: 'dns'; readonly name: string }
  | { readonly kind: 'token'; readonly issuer: string; readonly subject: string };

/** A claim that an opener may attest of a session's principal. */
export type AttestableClaim = {
  readonly claim: string;
  readonly values: readonly string[];
  /** How long it holds at most, in ms. */
  readonly maxMs: number;
};

/** One workload, and what it may do. */
export type WorkloadConfig = {
  readonly proof: WorkloadProof;
  readonly kind: 'agent' | 'opener' | 'service';
  /** As for keys: null: every agent; exactly one for an agent. */
  readonly agents: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly grants: readonly AttestableClaim[];
};

/** Who is believed besides keys. */
export type AuthorityConfig = {
  readonly issuers: readonly IssuerConfig[];
  readonly workloads: readonly WorkloadConfig[];
};
