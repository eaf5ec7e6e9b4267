import { isGoodKey } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import type { ApiKey } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Served, ShownKey } from '../services.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { SignInLink } from './sign-ins.ts';

/** Makes a link: for oneself, or over the socket for whoever has a key. */
export async function linkFor(
  desk: SignInDesk,
  person: string | undefined,
  by: Caller,
): Promise<Served<SignInLink>> {
  const found = by.kind === 'local' ? await keyFor(desk, person) : ownKey(desk, person, by);
  if (!found.ok) return found;
  const { id, email, name } = found.value;
  const made = desk.links.make(id);
  return made.ok ? served({ ...made.value, person: email ?? name }) : made;
}

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
