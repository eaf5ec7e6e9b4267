import type { KeyKind, Role } from '../store/vault.ts';

/**
 * Who makes a request, after its key was checked. `local` is whoever may open the daemon's
 * socket: the operating
 * system has checked the user.
 */
export type Caller = {
  /** The id of the key, or `local`. Stands in the ledger as `by` and `openedBy`. */
  readonly id: string;
  readonly kind: KeyKind | 'local';
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly agents: readonly string[] | null;
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
  | 'approve'
  | 'administer'
  | 'measure';
