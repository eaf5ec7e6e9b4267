import type { Digest } from '../digest.ts';

/**
 * A person's decision on one exact action, as recorded.
 *
 * An approval discharges only the `rules` it names, for one action digest under one pact digest in
 * one session, once, until `expiresAtMs`.
 * Source: spec/decide.md, section "Approvals".
 */
export type Approval = {
  readonly id: string;
  readonly session: string;
  readonly action: Digest;
  readonly pact: Digest;
  readonly rules: readonly string[];
  readonly outcome: 'approved' | 'denied';
  readonly by: readonly string[];
  readonly reason: string;
  readonly expiresAtMs: number;
};
