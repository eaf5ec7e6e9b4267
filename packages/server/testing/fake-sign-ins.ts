import type { Served } from '../src/services/services.ts';
import type { ShownSignIn, SignIns } from '../src/services/sign-ins/sign-ins.ts';

const SHOWN: ShownSignIn = {
  id: 'sgn_0123456789abcdef',
  way: 'key',
  person: { id: 'ada@example.com', email: 'ada@example.com', groups: [] },
  name: 'ada',
  roles: ['admin'],
  agents: null,
  browser: null,
  address: '127.0.0.1',
  openedAt: 1_700_000_000_000,
  lastAt: 1_700_000_000_000,
  expiresAtMs: 1_700_043_200_000,
  idleMs: 3_600_000,
  idleAtMs: 1_700_003_600_000,
};

/** Returns sign-ins that let everybody in and remember nobody. */
export function fakeSignIns(served: <T>(name: string, value: T) => Promise<Served<T>>): SignIns {
  return {
    ways: () => ({ ways: ['key', 'link'], issuers: [] }),
    challenge: () => served('signIns.challenge', { options: {}, expiresAtMs: 1 }),
    begin: () =>
      Promise.resolve({ ok: true, value: { place: 'https://login.example/', sealed: 's' } }),
    end: () =>
      Promise.resolve({
        ok: true,
        value: { cookie: 'c'.repeat(43), shown: SHOWN, to: '/console/agents' },
      }),
    list: () => [SHOWN],
    revoke: () => served('signIns.revoke', { ended: 1 }),
    factorRemoved: () => Promise.resolve(),
    close: () => Promise.resolve(),
    signIn: () => served('signIns.signIn', { cookie: 'c'.repeat(43), shown: SHOWN }),
    callerOf: () => undefined,
    find: () => undefined,
    use: () => undefined,
    replace: () => Promise.resolve(),
    ownerOf: () => ({
      ok: true,
      value: { person: 'ada@example.com', name: 'ada', expiresAtMs: 1 },
    }),
    isOpen: () => true,
    signOut: () => served('signIns.signOut', { ended: 1 }),
    link: () => served('signIns.link', { token: 't', person: 'ada', expiresAtMs: 1 }),
    sweep: () => Promise.resolve(),
  };
}
