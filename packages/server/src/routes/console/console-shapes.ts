import { z } from 'zod';

import type { ShownSignIn, SignInWay, SignInWays } from '../../services/sign-ins/sign-ins.ts';
import { count, time } from '../shapes.ts';

/** How somebody may sign in. */
export const signInWay: z.ZodType<SignInWay> = z.enum(['key', 'link', 'passkey', 'oidc']);

/** Who is signed in, as the console shows it; everything of a person is null while nobody is. */
export const consoleSession: z.ZodType = z.strictObject({
  id: z.string().nullable(),
  person: z
    .strictObject({
      id: z.string(),
      email: z.string().nullable(),
      groups: z.array(z.string()),
    })
    .nullable(),
  name: z.string().nullable(),
  roles: z.array(z.enum(['viewer', 'operator', 'approver', 'admin'])),
  agents: z.array(z.string()).nullable(),
  way: signInWay.nullable(),
  openedAt: time.nullable(),
  expiresAtMs: time.nullable(),
  idleMs: count.nullable(),
  idleAtMs: time.nullable(),
  nowMs: time,
  ways: z.array(signInWay),
  issuers: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});

/** What the answer is made from: the daemon's time is said, since browsers may have another. */
export type SignInStanding = {
  readonly signIns: { readonly ways: () => SignInWays };
  readonly nowMs: number;
};

/** Returns who is signed in and how one may, in the form the console reads. */
export function consoleSessionOf(
  shown: ShownSignIn | undefined,
  { signIns, nowMs }: SignInStanding,
): object {
  const ways = { ...signIns.ways(), nowMs };
  if (shown === undefined) return { ...NOBODY, ...ways };
  const { person, name, roles, agents, way, openedAt, expiresAtMs, idleMs, idleAtMs } = shown;
  const { id, email, groups } = person;
  const told = { id: shown.id, person: { id, email, groups }, name, roles, agents };
  return { ...told, way, openedAt, expiresAtMs, idleMs, idleAtMs, ...ways };
}

const NOBODY = {
  id: null,
  person: null,
  name: null,
  roles: [],
  agents: null,
  way: null,
  openedAt: null,
  expiresAtMs: null,
  idleMs: null,
  idleAtMs: null,
};

const MOST_OF_A_BROWSER = 200;

/** Returns what a browser calls itself, short and printable. */
export function browserIn(agent: string | undefined): string | null {
  const text = (agent ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, MOST_OF_A_BROWSER);
  return text === '' ? null : text;
}

/** What a page keeps in its address is the page's own, and read by nobody here. */
export const anyQuery: z.ZodType<Readonly<Record<string, string>>> = z.record(
  z.string(),
  z.string(),
);
