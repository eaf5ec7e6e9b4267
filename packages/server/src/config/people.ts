/** The page that authenticators of people answer to. */
export type WebAuthnConfig = { readonly rpId: string; readonly origins: readonly string[] };

/** Who may give which claims, for which agents, for how long, and what they have to prove. */
export type GrantRule = {
  /** Addresses and `role:<group>`. */
  readonly by: readonly string[];
  readonly claim: string;
  readonly values: readonly string[];
  /** Null: every agent. */
  readonly agents: readonly string[] | null;
  readonly maxMs: number;
  readonly factor: 'totp' | 'webauthn';
  /** Whether a session's own principal may give it to themselves. */
  readonly self: boolean;
};

/** What people prove and give, beside their keys. */
export type PeopleConfig = {
  /** Null: WebAuthn is refused. */
  readonly webauthn: WebAuthnConfig | null;
  readonly grants: readonly GrantRule[];
};

/** Who may take roles for a time, recorded and reviewed. */
export type BreakGlassConfig = {
  /** Addresses and `role:<group>`; nobody unless it is configured. */
  readonly holders: readonly string[];
  readonly roles: readonly ('operator' | 'approver' | 'admin')[];
  readonly maxMinutes: number;
  readonly factor: 'totp' | 'webauthn';
  readonly reviewWithinMs: number;
  /** Whether one person publishes alone under it where publishing takes two. */
  readonly publishing: boolean;
};
