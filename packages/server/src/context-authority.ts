import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import type { Services } from './services/daemon-services.ts';
import { openFactors } from './services/factors/open-factors.ts';
import type { WriteEntry } from './services/write-entry.ts';
import type { Vault } from './store/vault.ts';

/** What the services of people's authority stand on. */
export type AuthorityNeeds = {
  readonly vault: Vault;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly past: Past;
};

/** Returns the services of what people prove, give and take for a time. */
export async function openAuthority(
  config: Config,
  { vault, write, clock, past }: AuthorityNeeds,
): Promise<Pick<Services, 'factors'>> {
  const site = config.authority.webauthn;
  const removed = past.removedFactors;
  return { factors: await openFactors({ vault, write, clock, site, removed }) };
}
