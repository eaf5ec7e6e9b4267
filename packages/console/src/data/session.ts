import {
  type QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { askJson } from './api.ts';

/** A program elsewhere that says who people are. */
export type Issuer = { readonly id: string; readonly name: string };

/** Who is signed in; `person` is null where nobody is. */
export type ConsoleSession = {
  readonly person: string | null;
  readonly name: string;
  readonly roles: readonly string[];
  /** The agents this person sees, or null for all of them. */
  readonly agents: readonly string[] | null;
  readonly expiresAtMs: number | null;
  /** How one may sign in here: `key`, `link`, `passkey`, `oidc`. */
  readonly ways: readonly string[];
  readonly issuers: readonly Issuer[];
};

export const SESSION_KEY = ['session'] as const;
const PATH = '/console/session';

/** Who is signed in, asked again when the window is looked at again. */
export function useSession(): UseQueryResult<ConsoleSession> {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }) => readSession(await askJson(PATH, { signal })),
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
    onSuccess: (answer) => startAfresh(client, answer),
  });
}

/** Returns where a browser signs in with an issuer, and comes back to the page it is at. */
export function issuerPlace({ id }: Issuer): string {
  const { pathname, search } = globalThis.location;
  const to = pathname === '/console/sign-in' ? '/console/' : `${pathname}${search}`;
  return `/console/oidc/${encodeURIComponent(id)}?to=${encodeURIComponent(to)}`;
}

/** Signs out here, or everywhere this person is signed in. */
export function useSignOut(): UseMutationResult<unknown, Error, 'here' | 'everywhere'> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (where) =>
      askJson(where === 'here' ? PATH : '/console/sign-ins', { method: 'DELETE' }),
    onSuccess: () => startAfresh(client, undefined),
  });
}

/** What one person was shown is forgotten before another looks. */
async function startAfresh(client: QueryClient, answer: unknown): Promise<void> {
  if (answer !== undefined) client.setQueryData(SESSION_KEY, readSession(answer));
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  await client.invalidateQueries({ queryKey: SESSION_KEY });
}

/** Forgets what one person was shown when another tab signed in somebody else. */
export function useOnePerson(person: string | null): void {
  const client = useQueryClient();
  const before = useRef(person);
  useEffect(() => {
    if (person === null) return;
    if (before.current !== null && before.current !== person) {
      void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    }
    before.current = person;
  }, [client, person]);
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

/** Reads what the daemon says of a session; members it leaves out read as none. */
export function readSession(answer: unknown): ConsoleSession {
  const member = (name: string): unknown => Reflect.get(Object(answer), name);
  const expires = member('expiresAtMs');
  const agents = member('agents');
  const person = nameOf(member('person'));
  return {
    person,
    name: textOf(member('name')) ?? person ?? '',
    roles: textsOf(member('roles')),
    agents: Array.isArray(agents) ? textsOf(agents) : null,
    expiresAtMs: typeof expires === 'number' ? expires : null,
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

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((each): each is string => typeof each === 'string');
}
