import {
  type QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';

import { askJson } from './api.ts';
import { showSignIn, shownSignIn } from './shown-sign-in.ts';
import { tellWindows } from './windows.ts';

/** A program elsewhere that says who people are. */
export type Issuer = { readonly id: string; readonly name: string };

/** Who is signed in; `person` is null where nobody is. */
export type ConsoleSession = {
  /** The sign-in itself. */
  readonly id: string | null;
  readonly person: string | null;
  readonly name: string;
  readonly roles: readonly string[];
  /** The agents this person sees, or null for all of them. */
  readonly agents: readonly string[] | null;
  /** When it ends however much it is used, by this machine's clock. */
  readonly expiresAtMs: number | null;
  /** How long it lasts without use, and when it ends without. */
  readonly idleMs: number | null;
  readonly idleAtMs: number | null;
  /** How one may sign in here: `key`, `link`, `passkey`, `oidc`. */
  readonly ways: readonly string[];
  readonly issuers: readonly Issuer[];
};

export const SESSION_KEY = ['session'] as const;
const PATH = '/console/session';

/** Who is signed in, asked again when the window is looked at again. */
export function useSession(): UseQueryResult<ConsoleSession> {
  const client = useQueryClient();
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }) => become(client, readSession(await askJson(PATH, { signal }))),
    staleTime: 60_000,
    // In another tab somebody else may have signed in: whoever acts here must see as whom.
    refetchOnWindowFocus: 'always',
  });
}

/** Signs in by one of the ways the daemon names. */
export function useSignIn(): UseMutationResult<unknown, Error, Readonly<Record<string, unknown>>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (way) => askJson(PATH, { method: 'POST', body: JSON.stringify(way) }),
    onSuccess: (answer) => {
      client.setQueryData(SESSION_KEY, become(client, readSession(answer)));
    },
  });
}

/** Whom a one-use link signs in. */
export type LinkOwner = { readonly person: string; readonly name: string };

/** Asks whom a one-use link signs in, which does not use it. */
export function useLinkOwner(): UseMutationResult<LinkOwner, Error, string> {
  return useMutation({
    mutationFn: async (link) => {
      const init = { method: 'POST', body: JSON.stringify({ link }) };
      const said = await askJson('/console/links/owner', init);
      const member = (name: string): string => textOf(Reflect.get(Object(said), name)) ?? '';
      return { person: member('person'), name: member('name') };
    },
  });
}

/** Says that somebody is here, which is what keeps them signed in. */
export function useBeingHere(): UseMutationResult<ConsoleSession, Error, void> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const said = await askJson(`${PATH}/use`, { method: 'POST' });
      return become(client, readSession(said));
    },
    onSuccess: (session) => {
      client.setQueryData(SESSION_KEY, session);
      tellWindows({ signIn: session.id, idleAtMs: session.idleAtMs });
    },
  });
}

/** Returns where a browser signs in with an issuer, and comes back to the page it is at. */
export function issuerPlace({ id }: Issuer): string {
  const { pathname, search } = globalThis.location;
  const here = `${pathname}${search}`;
  // The daemon takes no place that could lead elsewhere; the fleet is better than no way in.
  const to = pathname === '/console/sign-in' || here.includes('//') ? '/console/' : here;
  return `/console/oidc/${encodeURIComponent(id)}?to=${encodeURIComponent(to)}`;
}

/** Signs out here, or everywhere this person is signed in. */
export function useSignOut(): UseMutationResult<unknown, Error, 'here' | 'everywhere'> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (where) =>
      askJson(where === 'here' ? PATH : '/console/sign-ins', { method: 'DELETE' }),
    onSuccess: async () => {
      turnTo(client, null);
      await client.resetQueries({ queryKey: SESSION_KEY });
    },
  });
}

/** Makes this window that of who is signed in, and returns the same. */
function become(client: QueryClient, session: ConsoleSession): ConsoleSession {
  if (shownSignIn() !== session.id) {
    turnTo(client, session.id);
    return session;
  }
  // Whoever has other roles than before is answered otherwise.
  const before = client.getQueryData<ConsoleSession>(SESSION_KEY);
  if (before !== undefined && before.roles.join() !== session.roles.join()) {
    void client.invalidateQueries({ predicate: isOfAPerson });
  }
  return session;
}

/** What one person was shown is forgotten before another looks, here and in every other window. */
function turnTo(client: QueryClient, signIn: string | null): void {
  showSignIn(signIn);
  const others = { predicate: isOfAPerson };
  if (signIn === null) client.removeQueries(others);
  else void client.resetQueries(others);
  tellWindows({ signIn, idleAtMs: null });
}

function isOfAPerson({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== SESSION_KEY[0];
}

// What each role may do is the daemon's to say; the console hides what would be refused anyway.
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate', 'halt', 'lock', 'correct'],
  approver: ['read', 'approve', 'read-sealed', 'halt', 'correct'],
  admin: ['read', 'operate', 'halt', 'lock', 'correct', 'approve', 'read-sealed', 'administer'],
};

/** Returns whether who is signed in has a right: `halt`, `operate`, `approve`, `administer` …. */
export function useMay(right: string): boolean {
  const { data: session } = useSession();
  return (session?.roles ?? []).some((role) => RIGHTS[role]?.includes(right) === true);
}

/**
 * Reads what the daemon says of a session; members it leaves out read as none. Its times are put
 * into those of this machine, whose clock may be another.
 */
export function readSession(answer: unknown, hereMs = Date.now()): ConsoleSession {
  const member = (name: string): unknown => Reflect.get(Object(answer), name);
  const beyondMs = hereMs - (numberOf(member('nowMs')) ?? hereMs);
  const timeOf = (name: string): number | null => {
    const time = numberOf(member(name));
    return time === null ? null : time + beyondMs;
  };
  const agents = member('agents');
  const person = nameOf(member('person'));
  return {
    id: textOf(member('id')),
    person,
    name: textOf(member('name')) ?? person ?? '',
    roles: textsOf(member('roles')),
    agents: Array.isArray(agents) ? textsOf(agents) : null,
    expiresAtMs: timeOf('expiresAtMs'),
    idleMs: numberOf(member('idleMs')),
    idleAtMs: timeOf('idleAtMs'),
    ways: textsOf(member('ways')),
    issuers: listOf(member('issuers')).map(readIssuer),
  };
}

/** A person is named by their address where they have one. */
function nameOf(person: unknown): string | null {
  const member = (name: string): string | null => textOf(Reflect.get(Object(person), name));
  return textOf(person) ?? member('email') ?? member('id');
}

function readIssuer(issuer: unknown): Issuer {
  const member = (name: string): string => textOf(Reflect.get(Object(issuer), name)) ?? '';
  return { id: member('id'), name: member('name') };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((each): each is string => typeof each === 'string');
}
