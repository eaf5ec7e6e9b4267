import type { Digest } from '../digest.ts';

/**
 * Single-use, short-lived leave to perform one exact action.
 *
 * Void after `expiresAtMs`, after its first redemption, and once the agent's halt epoch is no
 * longer `epoch`. Source: spec/decide.md, section "Permits".
 */
export type Permit = {
  readonly id: string;
  readonly decision: string;
  readonly session: string;
  readonly action: Digest;
  readonly pact: Digest;
  readonly epoch: number;
  readonly expiresAtMs: number;
};
