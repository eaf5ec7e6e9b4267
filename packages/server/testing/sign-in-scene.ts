import type { Caller } from '../src/routes/caller.ts';
import { LOCAL } from '../src/routes/gate/authenticate.ts';
import type { Proof } from '../src/services/factors/factors.ts';
import { formatKeyToken, hashSecret } from '../src/services/key-token.ts';
import { refused, served } from '../src/services/served.ts';
import type { OpenSignIn } from '../src/services/sign-ins/open-sign-in.ts';
import { openSignIns } from '../src/services/sign-ins/open-sign-ins.ts';
import type { Credentials, SignInPlace, SignIns } from '../src/services/sign-ins/sign-ins.ts';
import type { ApiKey } from '../src/store/vault.ts';

const SECRET = 'ab'.repeat(32);
/** The id of the one key there is, unless others are said. */
export const ADA = '0123456789abcdef';
const KEY = formatKeyToken({ id: ADA, secret: SECRET });

/** How long a sign-in of the scene lasts without use. */
export const HOUR_MS = 3_600_000;

/** Returns a good key of ada, with other members where they are given. */
export function keyOf(of: Partial<ApiKey> = {}): ApiKey {
  return {
    id: ADA,
    kind: 'person',
    name: 'ada',
    roles: ['admin'],
    scopes: [],
    agents: null,
    hash: hashSecret(SECRET),
    email: 'ada@example.com',
    groups: [],
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
    ...of,
  };
}

type Options = {
  readonly hasFactor?: boolean;
  readonly keys?: readonly ApiKey[];
  readonly factor?: 'enrolled' | 'totp' | 'webauthn';
  readonly vault?: Map<string, Uint8Array>;
  readonly open?: ReadonlyMap<string, OpenSignIn>;
};

/** Sign-ins over keys and factors of a test's own, and the clock in its hand. */
export type SignInScene = {
  readonly signIns: SignIns;
  readonly signIn: (given: Credentials) => ReturnType<SignIns['signIn']>;
  /** What stands in the ledger. */
  readonly written: readonly object[];
  readonly known: Map<string, ApiKey>;
  readonly secrets: Map<string, Uint8Array>;
  readonly pass: (ms: number) => void;
};

/** Opens sign-ins. */
export async function signInScene(options: Options = {}): Promise<SignInScene> {
  const { hasFactor = false, keys = [keyOf()], factor = 'enrolled' } = options;
  const secrets = options.vault ?? new Map<string, Uint8Array>();
  const known = new Map(keys.map((key) => [key.id, key]));
  const written: object[] = [];
  let now = 1_000;
  const signIns = await openSignIns({
    keys: { find: (id) => known.get(id), list: () => Promise.resolve([...known.values()]) },
    factors: {
      list: () => Promise.resolve(served({ rows: hasFactor ? [FACTOR] : [], lockedUntil: null })),
      check: (_by, { demand, proof }) => Promise.resolve(checked(demand, proof)),
      openChallenge: () => Promise.resolve(served({ options: {}, expiresAtMs: 1 })),
      identify: (response) => Promise.resolve(identified(response['id'])),
      pseudonymOf: (person) => `per_${person.replace(/@.*/, '')}`,
    },
    write: ({ kind, open }) => {
      written.push({ kind, ...open });
      return Promise.resolve(served({ index: written.length, at: now }));
    },
    clock: () => now,
    rules: { idleMs: HOUR_MS, maxMs: 12 * HOUR_MS, factor },
    vault: {
      secret: (name) => Promise.resolve(secrets.get(name)),
      putSecret: (name, value) => Promise.resolve(void secrets.set(name, value)),
    },
    flow: { issuers: [], begin: () => Promise.resolve(NO_FLOW), end: () => Promise.resolve(FLOW) },
    hasPasskeys: true,
    open: options.open ?? new Map(),
    noted: () => undefined,
  });
  const signIn: SignInScene['signIn'] = (given) =>
    signIns.signIn({ with: given, purpose: { path: '/console/session', body: {} }, ...PLACE });
  return { signIns, signIn, written, known, secrets, pass: (ms: number) => void (now += ms) };
}

/** From where the scene signs in. */
export const PLACE: SignInPlace = { browser: 'a browser', address: '127.0.0.1' };
const NO_FLOW = { ok: false as const, problem: 'issuer-away' as const, why: 'no' };
const OIDC: Caller = {
  ...LOCAL,
  id: 'oidc_1',
  kind: 'person',
  roles: ['viewer'],
  person: { id: 'eve@example.com', email: 'eve@example.com', groups: [] },
};
const FLOW = { ok: true as const, value: { caller: OIDC, to: '/console/agents' } };

function identified(credential: unknown) {
  const proven = { factor: 'fac_2', mechanism: 'webauthn' as const, at: 1 };
  if (credential !== 'ada' && credential !== 'bob') return refused('bad-proof', 'unknown');
  return served({ ...proven, person: `per_${credential}` });
}

const FACTOR = { id: 'fac_1', kind: 'totp' as const, name: 'phone', addedAt: 1, usedAt: null };

function checked(demand: string, proof: Proof | undefined) {
  if (demand === 'none') return served(null);
  if (proof === undefined) return refused('needs-proof', 'send a proof');
  const isRight = proof.factor === 'totp' && proof.code === '123456';
  const proven = { factor: 'fac_1', mechanism: 'totp' as const, person: 'per_ada', at: 1 };
  return isRight ? served(proven) : refused('bad-proof', 'wrong');
}

/** What signs ada in. */
export const byKey: Extract<Credentials, { readonly way: 'key' }> = {
  way: 'key',
  key: KEY,
  proof: undefined,
};
