import type { AuthorityConfig } from '../config/authority.ts';
import { trustDomainOf } from '../config/spiffe-id.ts';
import type { Egress } from '../egress/egress.ts';
import type { PrincipalProof } from '../guard/claim-types.ts';
import type { Caller } from '../routes/caller.ts';
import { namesOf } from '../routes/names-of.ts';
import { keysOf } from './key-places.ts';
import { keySet } from './key-set.ts';
import { namesIn, type ShownCertificate } from './peer-certificate.ts';
import { personOf } from './people.ts';
import { principalOf } from './principals.ts';
import { bad, type Checked, good } from './token-fault.ts';
import { type Issuer, type VerifiedToken, verifyToken } from './verify-token.ts';
import { knownWorkloads, type Workloads } from './workloads.ts';

/**
 * Who is believed besides keys.
 *
 * Contract: nothing of a token or a certificate counts before every check passed; whose keys cannot
 * be had is `unavailable`, and nobody is let in. A caller's token that was taken is taken again
 * for at most 30 seconds without its signature being looked at.
 */
export type Identity = {
  /** Returns the caller of a token that was taken moments ago, or undefined. */
  readonly recent: (token: string) => Caller | undefined;
  /** Returns the person or the workload a token speaks for. */
  readonly callerOf: (token: string) => Promise<Checked<Caller>>;
  /** Returns what the person is called whom a caller's id stands for, who came since the start. */
  readonly namesBehind: (id: string) => readonly string[];
  /** Returns the workload a certificate speaks for; null when it names none that is configured. */
  readonly workloadOf: (shown: ShownCertificate) => Checked<Caller | null>;
  /** Returns the principal a token speaks for. Whether it was used before is for the guard. */
  readonly principalOf: (token: string) => Promise<Checked<PrincipalProof>>;
};

/** What identities are checked with. `clock` is ms UTC. */
export type IdentityNeeds = {
  readonly authority: AuthorityConfig;
  readonly egress: Pick<Egress, 'request'>;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
};

const REMEMBERED_MS = 30_000;
const MOST_REMEMBERED = 1_000;
const MOST_PEOPLE = 100_000;

/** `until` is of the clock that only goes forward. */
type Remembered = { readonly caller: Caller; readonly untilMs: number; readonly until: number };

/** Returns who is believed as configured. Keys are asked for when they are first needed. */
export function makeIdentity(needs: IdentityNeeds): Identity {
  const { authority, clock } = needs;
  const issuers = authority.issuers.map((config): Issuer => {
    const { freshMs, staleMs } = config;
    const { monotonicMs } = needs;
    return {
      config,
      keys: keySet(keysOf(config, needs.egress), { freshMs, staleMs, monotonicMs }),
    };
  });
  const workloads = knownWorkloads(authority.workloads);
  const taken = new Map<string, Remembered>();
  const people = new Map<string, readonly string[]>();
  const remember = (token: string, caller: Caller, { expiresAtMs }: VerifiedToken): void => {
    if (taken.size >= MOST_REMEMBERED) taken.clear();
    taken.set(token, { caller, untilMs: expiresAtMs, until: needs.monotonicMs() + REMEMBERED_MS });
    if (caller.person === null) return;
    if (people.size >= MOST_PEOPLE) people.clear();
    people.set(caller.id, namesOf(caller.person));
  };
  return {
    recent: (token) => {
      const known = taken.get(token);
      if (known === undefined) return undefined;
      if (known.untilMs > clock() && known.until > needs.monotonicMs()) return known.caller;
      taken.delete(token);
      return undefined;
    },
    callerOf: async (token) => {
      const uses = ['people', 'workloads'] as const;
      const verified = await verifyToken(token, { issuers, uses, now: clock() });
      if (!verified.ok) return verified;
      const caller = callerIn(verified.value, workloads);
      if (caller.ok) remember(token, caller.value, verified.value);
      return caller;
    },
    namesBehind: (id) => people.get(id) ?? [],
    workloadOf: (shown) => {
      const names = namesIn(shown, clock());
      return names.ok ? workloads.ofCertificate(names.value) : names;
    },
    principalOf: async (text) => {
      const now = clock();
      const verified = await verifyToken(text, { issuers, uses: ['principals'], now });
      if (!verified.ok) return verified;
      return workloads.isKnown(verified.value)
        ? WORKLOAD
        : principalOf(verified.value, { text, now });
    },
  };
}

// A provider gives a workload tokens for any audience it asks for: none makes a person of it.
const WORKLOAD = bad('workload', 'the subject is a workload, and neither a person nor a principal');

function callerIn(token: VerifiedToken, workloads: Workloads): Checked<Caller> {
  switch (token.issuer.for) {
    case 'people':
      return workloads.isKnown(token) || trustDomainOf(token.subject) !== undefined
        ? WORKLOAD
        : good(personOf(token));
    case 'workloads':
      return workloads.ofToken(token);
    case 'principals':
      return bad('audience', 'the token is for principals of sessions');
  }
}
