import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import type { Egress } from './egress/egress.ts';
import { makeCodeFlow } from './identity/code-flow.ts';
import { makeReadSecret } from './notify/read-secret.ts';
import type { Services } from './services/daemon-services.ts';
import { openSignIns } from './services/sign-ins/open-sign-ins.ts';
import type { SignIns } from './services/sign-ins/sign-ins.ts';
import type { WriteEntry } from './services/write-entry.ts';
import type { Vault } from './store/vault.ts';

/** What signing in at the console stands on. */
export type SignInParts = Pick<Services, 'keys' | 'factors' | 'identity'> & {
  readonly vault: Vault;
  readonly write: WriteEntry;
  readonly egress: Egress;
  readonly past: Pick<Past, 'signIns'>;
};

/** What the machine lends. */
export type SignInMachine = {
  readonly credentials: string | null;
  readonly clock: () => number;
  readonly noted?: (text: string) => void;
};

/** Opens signing in at the console, by the configuration. */
export function signInsOf(
  { authority, console: rules }: Config,
  parts: SignInParts,
  { credentials, clock, noted = () => undefined }: SignInMachine,
): Promise<SignIns> {
  const { issuers, webauthn } = authority;
  const { identity, egress, past } = parts;
  const secretOf = makeReadSecret(credentials);
  return openSignIns({
    ...parts,
    clock,
    noted,
    rules,
    flow: makeCodeFlow({ issuers, identity, egress, clock, secretOf }),
    hasPasskeys: webauthn !== null,
    open: past.signIns,
  });
}
