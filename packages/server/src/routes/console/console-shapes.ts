import { z } from 'zod';

import type { ShownSignIn, SignInWay, SignInWays } from '../../services/sign-ins/sign-ins.ts';
import { time } from '../shapes.ts';

/** How somebody may sign in. */
export const signInWay: z.ZodType<SignInWay> = z.enum(['key', 'link', 'passkey', 'oidc']);

/** Who is signed in, as the console shows it; everything of a person is null while nobody is. */
export const consoleSession: z.ZodType = z.strictObject({
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
  ways: z.array(signInWay),
  issuers: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});

/** Returns who is signed in and how one may, in the form the console reads. */
export function consoleSessionOf(shown: ShownSignIn | undefined, ways: SignInWays): object {
  if (shown === undefined) return { ...NOBODY, ...ways };
  const { person, name, roles, way, openedAt, expiresAtMs } = shown;
  const { id, email, groups } = person;
  const told = { person: { id, email, groups }, name, roles, agents: null };
  return { ...told, way, openedAt, expiresAtMs, ...ways };
}

const NOBODY = {
  person: null,
  name: null,
  roles: [],
  agents: null,
  way: null,
  openedAt: null,
  expiresAtMs: null,
};

const MOST_OF_A_BROWSER = 200;

/** Returns what a browser calls itself, short and printable. */
export function browserIn(agent: string | undefined): string | null {
  const text = (agent ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, MOST_OF_A_BROWSER);
  return text === '' ? null : text;
}

/** What a page keeps in its address is the page's own, and read by nobody here. */
export const anyQuery: z.ZodType = z.record(z.string(), z.string());
