import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import type { Guard } from './guard/guard.ts';
import { makeBreakGlass } from './services/break-glass.ts';
import type { Services } from './services/daemon-services.ts';
import { openFactors } from './services/factors/open-factors.ts';
import { makeGrants } from './services/grants.ts';
import type { VoteProving } from './services/vote-proof.ts';
import type { WriteEntry } from './services/write-entry.ts';
import type { Vault } from './store/vault.ts';

/** What the services of people's authority stand on. */
export type AuthorityNeeds = {
  readonly vault: Vault;
  readonly guard: Guard;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly past: Past;
};

/** The services, and what votes have to prove. */
export type Authority = {
  readonly people: Pick<Services, 'factors' | 'grants' | 'breakGlass'>;
  readonly proving: VoteProving;
};

/** Returns the services of what people prove, give and take for a time. */
export async function openAuthority(
  { authority, approvals, breakGlass: rule }: Config,
  { vault, guard, write, clock, past }: AuthorityNeeds,
): Promise<Authority> {
  const site = authority.webauthn;
  const factors = await openFactors({ vault, write, clock, site, removed: past.removedFactors });
  const people = {
    factors,
    grants: makeGrants({ guard, factors, write, rules: authority.grants }),
    breakGlass: makeBreakGlass({ vault, factors, write, clock, book: past.glass, rule }),
  };
  return { people, proving: { factors, demand: approvals.factor } };
}
