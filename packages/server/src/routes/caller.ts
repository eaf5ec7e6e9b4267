import type { AttestableClaim, KeyKind, Role } from '../store/vault.ts';

/** A human: the same for every key and token of theirs. */
export type Person = {
  /** Their address where it is known, else the name of their key; what quorums count. */
  readonly id: string;
  /** In lower case. */
  readonly email: string | null;
  /** What `role:<group>` of a pact's approvers means. */
  readonly groups: readonly string[];
  /**
   * What else the issuer of their token calls them, verified or not. It keeps them from what is
   * their own, and entitles to nothing.
   */
  readonly names?: readonly string[];
};

/** How it was shown who a caller is; absent: by a key, or by the socket. */
export type Mechanism = 'oidc' | 'mtls' | 'spiffe';

/**
 * Who makes a request, after its key was checked. `local` is whoever may open the daemon's
 * socket: the operating
 * system has checked the user.
 */
export type Caller = {
  /**
   * The id of the key, of a token's subject, of a workload, or `local`. Stands in the ledger as
   * `by` and `openedBy`.
   */
  readonly id: string;
  readonly kind: KeyKind | 'local';
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly agents: readonly string[] | null;
  /** Who the caller is, for people; null for machines and for the socket. */
  readonly person: Person | null;
  readonly mechanism?: Mechanism;
  /** What an opener may attest of principals; absent: nothing. */
  readonly grants?: readonly AttestableClaim[];
  /** The break-glass some of the roles come from; absent when none does. */
  readonly breakGlass?: string;
  /** The sign-in whose cookie came instead of a key; absent: a key or a token came. */
  readonly signIn?: string;
};

/**
 * One right. Each route needs exactly one; the matrix of kinds, roles and rights is data, in one
 * place.
 * Source: spec/api/README.md, section "Who may do what".
 */
export type Right =
  | 'read'
  | 'read-sealed'
  | 'open-session'
  | 'speak-for-principal'
  | 'act'
  | 'operate'
  | 'lock'
  | 'halt'
  | 'correct'
  | 'approve'
  | 'administer'
  | 'measure'
  | 'prove';
