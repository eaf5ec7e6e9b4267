import { isGoodKey } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import type { ApiKey } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Served, ShownKey } from '../services.ts';
import { whyOver } from './end-sign-ins.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { MadeWithin, WaitingLink } from './sign-in-links.ts';
import type { LinkOwner, SignInLink } from './sign-ins.ts';

/** Makes a link: for oneself, or over the socket for whoever has a key. */
export async function linkFor(
  desk: SignInDesk,
  person: string | undefined,
  by: Caller,
): Promise<Served<SignInLink>> {
  const found = by.kind === 'local' ? await keyFor(desk, person) : ownKey(desk, person, by);
  if (!found.ok) return found;
  const { id, email, name } = found.value;
  const made = desk.links.make(id, madeWithin(desk, by));
  return made.ok ? served({ ...made.value, person: email ?? name }) : made;
}

function madeWithin({ book }: SignInDesk, { signIn }: Caller): MadeWithin | null {
  if (signIn === undefined) return null;
  // One that ended meanwhile leaves its link good for nothing.
  return { signIn, endsAtMs: book.withId(signIn)?.expiresAt ?? 0 };
}

/** Returns what a link is for while it is good, and with it what it was made within. */
export function goodLink(
  desk: SignInDesk,
  token: string,
): { readonly key: ApiKey; readonly link: WaitingLink } | undefined {
  const link = desk.links.look(token);
  const key = link === undefined ? undefined : desk.keys.find(link.key);
  if (link === undefined || key === undefined || !isGoodKey(key, desk.clock())) return undefined;
  const kept = link.within === null ? null : desk.book.withId(link.within.signIn);
  const isOver = kept === undefined || (kept !== null && whyOver(desk, kept) !== null);
  return isOver ? undefined : { key, link };
}

/** Returns whose link it is. */
export function ownerOf(desk: SignInDesk, token: string): Served<LinkOwner> {
  const good = goodLink(desk, token);
  if (good === undefined) return BAD_LINK;
  const { email, name } = good.key;
  return served({ person: email ?? name, name, expiresAtMs: good.link.expiresAtMs });
}

/** What is said of a link that is good for nothing. */
export const BAD_LINK: Served<never> = refused(
  'bad-key',
  'the link was used, or is over: `plumb console` makes another',
);

function ownKey({ keys }: SignInDesk, person: string | undefined, by: Caller): Served<ApiKey> {
  const key = keys.find(by.id);
  if (key === undefined || by.person === null) {
    const hint = 'sign in at the console itself';
    return refused('forbidden', `a link is made with a person's own key: ${hint}`);
  }
  if (person === undefined || isCalled(key, person)) return served(key);
  const where = 'over the socket of the machine itself';
  return refused('forbidden', `a link for somebody else is made ${where}: leave \`person\` out`);
}

function isCalled({ email, name }: Pick<ShownKey, 'email' | 'name'>, person: string): boolean {
  const wanted = person.toLowerCase();
  return email === wanted || name.toLowerCase() === wanted;
}

const MOST_NAMED = 20;

/** The newest good key of a person; without one named, of the one admin there is. */
async function keyFor(
  { keys, clock }: SignInDesk,
  person: string | undefined,
): Promise<Served<ShownKey>> {
  const now = clock();
  const good = (await keys.list()).filter((key) => key.kind === 'person' && isGoodKey(key, now));
  const named = (key: ShownKey): boolean =>
    person === undefined ? key.roles.includes('admin') : isCalled(key, person);
  const fitting = good.filter(named);
  const people = [...new Set(fitting.map(({ email, name }) => email ?? name))];
  const key = fitting.at(-1);
  if (key !== undefined && people.length === 1) return served(key);
  const all = [...new Set(good.map(({ email, name }) => email ?? name))];
  const known = all.slice(0, MOST_NAMED).join(', ');
  if (person !== undefined && people.length === 0) {
    return refused('not-found', `nobody of that name has a good key; there are: ${known}`);
  }
  return refused('bad-request', `say whom the link is for; there are: ${known}`, { at: 'person' });
}
