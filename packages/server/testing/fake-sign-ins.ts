import type { Served } from '../src/services/services.ts';
import type { ShownSignIn, SignIns } from '../src/services/sign-ins/sign-ins.ts';

const SHOWN: ShownSignIn = {
  id: 'sgn_0123456789abcdef',
  way: 'key',
  person: { id: 'ada@example.com', email: 'ada@example.com', groups: [] },
  name: 'ada',
  roles: ['admin'],
  browser: null,
  openedAt: 1_700_000_000_000,
  lastAt: 1_700_000_000_000,
  expiresAtMs: 1_700_043_200_000,
};

/** Returns sign-ins that let everybody in and remember nobody. */
export function fakeSignIns(served: <T>(name: string, value: T) => Promise<Served<T>>): SignIns {
  return {
    signIn: () => served('signIns.signIn', { cookie: 'c'.repeat(43), shown: SHOWN }),
    callerOf: () => undefined,
    find: () => undefined,
    isOpen: () => true,
    signOut: () => served('signIns.signOut', { index: 8 }),
    link: () => served('signIns.link', { token: 't', person: 'ada', expiresAtMs: 1 }),
    sweep: () => Promise.resolve(),
  };
}
