/** How a claim was proved. Words in a conversation are never a mechanism. */
export type ClaimMechanism = 'oidc' | 'mtls' | 'spiffe' | 'webauthn' | 'totp' | 'api-key';

/**
 * A verified statement about a session's principal.
 *
 * `values` holds the claim's members (`roles` → `["crm-export"]`); fresh while `now` is at most
 * `verifiedAtMs` plus the tier's `max_age`, and before `expiresAtMs`.
 * Source: spec/decide.md, section "Tier and authority".
 */
export type Claim = {
  readonly session: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly mechanism: ClaimMechanism;
  readonly verifiedAtMs: number;
  readonly expiresAtMs: number;
};
