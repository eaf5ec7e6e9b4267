/** How a claim was proved. Words in a conversation are never a mechanism. */
export type ClaimMechanism = 'oidc' | 'mtls' | 'spiffe' | 'webauthn' | 'totp' | 'api-key';

/**
 * A verified statement about a session's principal.
 *
 * `values` holds the claim's members (`roles` → `["crm-export"]`); fresh while `now` is at most
 * `verifiedAtMs` plus the tier's `max_age`, and before `expiresAtMs`.
 * Source: spec/decide.md, section "Claims".
 */
export type Claim = {
  readonly session: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly mechanism: ClaimMechanism;
  readonly verifiedAtMs: number;
  readonly expiresAtMs: number;
  /** Names the claim within its session: it can be revoked, and counts the first time only. */
  readonly id?: string;
  /** Whether it is spent by the first action that needs it; such a claim has an id. */
  readonly once?: boolean;
  /** What it is good for: tools by name, or `category:<name>`; null or absent: any action. */
  readonly actions?: readonly string[] | null;
};
