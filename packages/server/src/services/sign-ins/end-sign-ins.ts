import { isGoodKey } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import { personOfKey } from '../person-of-key.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import { byOf, type KeptSignIn } from './sign-in-book.ts';
import type { EndedSignIns } from './sign-ins.ts';

/** Why a sign-in ended. */
export type End = 'asked' | 'idle' | 'over' | 'key' | 'factor' | 'crowded' | 'replaced' | 'lost';

/** Returns why a sign-in is good no more, or null while it is. */
export function whyOver({ keys, clock, rules }: SignInDesk, kept: KeptSignIn): End | null {
  const now = clock();
  const key = kept.as.kind === 'key' ? keys.find(kept.as.key) : null;
  if (key === undefined || (key !== null && !isGoodKey(key, now))) return 'key';
  if (kept.expiresAt <= now) return 'over';
  return kept.lastAt + rules.idleMs <= now ? 'idle' : null;
}

/** Ends sign-ins. What ends, ends first: that it did is recorded then. */
export async function endAll(
  desk: SignInDesk,
  ending: readonly KeptSignIn[],
  why: End,
): Promise<Served<EndedSignIns>> {
  const ended = ending.filter((kept) => desk.book.remove(kept));
  for (const kept of ended) {
    const { id, person } = kept;
    const written = await noteEnd(desk, { id, person, by: byOf(kept) }, why);
    if (!written.ok) return written;
  }
  return served({ ended: ended.length });
}

/** Writes down that a sign-in ended. */
export function noteEnd(
  { write }: Pick<SignInDesk, 'write'>,
  { id, person, by }: { readonly id: string; readonly person: string; readonly by: string },
  why: End,
): ReturnType<SignInDesk['write']> {
  return write({ kind: 'signed_out', agent: null, open: { signIn: id, person, why, by } });
}

/** Ends one sign-in, or every one of the caller's own. */
export async function revoke(
  desk: SignInDesk,
  id: string | null,
  by: Caller,
): Promise<Served<EndedSignIns>> {
  if (by.person === null) return refused('forbidden', 'sign-ins are of people');
  const person = desk.factors.pseudonymOf(by.person.id);
  const isOwn = (kept: KeptSignIn): boolean => kept.person === person;
  if (id === null) {
    desk.links.forget((link) => isKeyOf(desk, link.key, person));
    return endAll(desk, desk.book.all().filter(isOwn), 'asked');
  }
  const kept = desk.book.withId(id);
  const mayEnd = kept !== undefined && (isOwn(kept) || by.roles.includes('admin'));
  if (!mayEnd) return refused('not-found', `there is no sign-in \`${id}\``);
  return endAll(desk, [kept], 'asked');
}

function isKeyOf({ keys, factors }: SignInDesk, key: string, person: string): boolean {
  const of = personOfKey(keys.find(key));
  return of !== undefined && factors.pseudonymOf(of) === person;
}
