import type { CodeFlow } from '../../identity/code-flow.ts';
import type { Vault } from '../../store/vault.ts';
import type { Factors } from '../factors/factors.ts';
import type { Keys } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import type { OpenSignIn } from './open-sign-in.ts';
import type { SignInBook } from './sign-in-book.ts';
import type { SignInLinks } from './sign-in-links.ts';

/** How long a sign-in lasts, without use and at all, and what it proves beside a key. */
export type SignInRules = {
  readonly idleMs: number;
  readonly maxMs: number;
  readonly factor: 'enrolled' | 'totp' | 'webauthn';
};

/** What signing in stands on. */
export type SignInNeeds = {
  readonly keys: Pick<Keys, 'find' | 'list'>;
  readonly factors: Pick<Factors, 'list' | 'check' | 'pseudonymOf' | 'openChallenge' | 'identify'>;
  readonly vault: Pick<Vault, 'secret' | 'putSecret'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly rules: SignInRules;
  readonly flow: CodeFlow;
  /** Whether there is a page that passkeys answer to. */
  readonly hasPasskeys: boolean;
  /** What the ledger says is open. */
  readonly open: ReadonlyMap<string, OpenSignIn>;
  /** Is told why an issuer's word was not taken. */
  readonly noted: (text: string) => void;
};

/** What the parts of the service share. */
export type SignInDesk = SignInNeeds & {
  readonly book: SignInBook;
  readonly links: SignInLinks;
};
