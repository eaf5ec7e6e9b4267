import type { JsonObject } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { callerOfKey, isGoodKey, keyIn } from '../../routes/gate/authenticate.ts';
import type { ApiKey } from '../../store/vault.ts';
import type { Factors, Proven } from '../factors/factors.ts';
import { refused, served } from '../served.ts';
import type { Keys, Recorded, Served, ShownKey } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import { digestOf, freshSignIn, type KeptSignIn, SignInBook } from './sign-in-book.ts';
import { SignInLinks } from './sign-in-links.ts';
import type { Opened, ShownSignIn, SignInRequest, SignIns } from './sign-ins.ts';

/** How long a sign-in lasts: without use, and at all. */
export type SignInBounds = { readonly idleMs: number; readonly maxMs: number };

/** What signing in stands on. */
export type SignInNeeds = {
  readonly keys: Pick<Keys, 'find' | 'list'>;
  readonly factors: Pick<Factors, 'list' | 'check' | 'pseudonymOf'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly bounds: SignInBounds;
};

type Desk = SignInNeeds & { readonly book: SignInBook; readonly links: SignInLinks };

/** Why a sign-in ended. */
type End = 'asked' | 'idle' | 'over' | 'key' | 'crowded';

/** Returns the people who are signed in with a browser: nobody yet. */
export function openSignIns(needs: SignInNeeds): SignIns {
  const book = new SignInBook();
  const desk: Desk = { ...needs, book, links: new SignInLinks(needs.clock) };
  return {
    signIn: (request) => signIn(desk, request),
    callerOf: (cookie) => {
      const kept = goodOne(desk, book.find(cookie));
      if (kept !== undefined) kept.lastAt = needs.clock();
      return callerIn(desk, kept);
    },
    find: (cookie) => shownOf(desk, goodOne(desk, book.find(cookie))),
    isOpen: (id) => goodOne(desk, book.withId(id)) !== undefined,
    signOut: async (cookie) => {
      const kept = book.find(cookie);
      if (kept === undefined) return refused('not-found', 'nobody is signed in with this cookie');
      return end(desk, kept, 'asked');
    },
    link: (person, by) => makeLink(desk, person, by),
    sweep: async () => {
      for (const kept of book.all()) {
        const why = whyOver(desk, kept);
        if (why !== null) await end(desk, kept, why);
      }
    },
  };
}

function whyOver({ keys, clock, bounds }: Desk, kept: KeptSignIn): End | null {
  const now = clock();
  const key = keys.find(kept.key);
  if (key === undefined || !isGoodKey(key, now)) return 'key';
  if (kept.expiresAt <= now) return 'over';
  return kept.lastAt + bounds.idleMs <= now ? 'idle' : null;
}

// The sweep records the end of what is found to be over here.
function goodOne(desk: Desk, kept: KeptSignIn | undefined): KeptSignIn | undefined {
  return kept === undefined || whyOver(desk, kept) !== null ? undefined : kept;
}

function callerIn({ keys }: Desk, kept: KeptSignIn | undefined): Caller | undefined {
  const key = kept === undefined ? undefined : keys.find(kept.key);
  return kept === undefined || key === undefined
    ? undefined
    : { ...callerOfKey(key), signIn: kept.id };
}

function shownOf({ keys }: Desk, kept: KeptSignIn | undefined): ShownSignIn | undefined {
  const key = kept === undefined ? undefined : keys.find(kept.key);
  if (kept === undefined || key === undefined) return undefined;
  const { person, roles } = callerOfKey(key);
  const { id, way, browser, openedAt, lastAt, expiresAt } = kept;
  if (person === null) return undefined;
  const told = { id, way, browser, openedAt, lastAt, expiresAtMs: expiresAt };
  return { ...told, person, name: key.name, roles };
}

type Shown = { readonly key: ApiKey; readonly use: () => boolean };

// One fault in all cases: nobody learns which keys and links there are.
const BAD_KEY: Served<never> = refused('bad-key', 'the key is unknown, revoked or expired');
const BAD_LINK: Served<never> = refused(
  'bad-key',
  'the link was used, or is over: `plumb console` makes another',
);

function shownKey({ keys, links, clock }: Desk, { with: given }: SignInRequest): Served<Shown> {
  if (given.way === 'key') {
    const key = keyIn(given.key, keys, clock());
    if (key === undefined) return BAD_KEY;
    return served({ key, use: () => true });
  }
  const key = keys.find(links.look(given.link) ?? '');
  if (key === undefined || !isGoodKey(key, clock())) return BAD_LINK;
  return served({ key, use: () => links.take(given.link) });
}

async function signIn(desk: Desk, request: SignInRequest): Promise<Served<Opened>> {
  const found = shownKey(desk, request);
  if (!found.ok) return found;
  const { key, use } = found.value;
  const caller = callerOfKey(key);
  if (caller.person === null) {
    return refused('forbidden', "the console is people's: a machine's key signs nobody in");
  }
  const proven = await proveOwn(desk, caller, request);
  if (!proven.ok) return proven;
  if (!use()) return BAD_LINK;
  const person = desk.factors.pseudonymOf(caller.person.id);
  for (const kept of desk.book.crowdedOut(person)) await end(desk, kept, 'crowded');
  return open(desk, request, { key, person, proven: proven.value });
}

/** Who has a second factor shows it; who has none is let in by what they came with. */
async function proveOwn(
  { factors }: Desk,
  caller: Caller,
  { with: { proof }, purpose }: SignInRequest,
): Promise<Served<Proven | null>> {
  const own = await factors.list(caller, null);
  if (!own.ok) return own;
  const demand = own.value.rows.length === 0 ? 'none' : 'totp';
  return factors.check(caller, { demand, proof, purpose });
}

type Admitted = { readonly key: ApiKey; readonly person: string; readonly proven: Proven | null };

async function open(
  desk: Desk,
  { with: { way }, browser }: SignInRequest,
  { key, person, proven }: Admitted,
): Promise<Served<Opened>> {
  const { cookie, id } = freshSignIn();
  const now = desk.clock();
  const expiresAt = Math.min(now + desk.bounds.maxMs, key.expiresAt ?? Infinity);
  const kept = { id, digest: digestOf(cookie), way, key: key.id, person, browser };
  const whole: KeptSignIn = { ...kept, openedAt: now, lastAt: now, expiresAt };
  const factor = proven?.factor ?? null;
  const said: JsonObject = { signIn: id, way, factor, person, untilMs: expiresAt, by: key.id };
  const written = await desk.write({ kind: 'signed_in', agent: null, open: said });
  if (!written.ok) return written;
  desk.book.add(whole);
  const shown = shownOf(desk, whole);
  return shown === undefined ? BAD_KEY : served({ cookie, shown });
}

/** What ends, ends first. */
async function end(desk: Desk, kept: KeptSignIn, why: End): Promise<Served<Recorded>> {
  if (!desk.book.remove(kept)) return refused('not-found', 'it has ended already');
  const { id, person, key } = kept;
  const said: JsonObject = { signIn: id, person, why, by: key };
  const written = await desk.write({ kind: 'signed_out', agent: null, open: said });
  return written.ok ? served({ index: written.value.index }) : written;
}

async function makeLink(
  desk: Desk,
  person: string | undefined,
  by: Caller,
): ReturnType<SignIns['link']> {
  const found = by.kind === 'local' ? await keyFor(desk, person) : ownKey(desk, person, by);
  if (!found.ok) return found;
  const { id, email, name } = found.value;
  const made = desk.links.make(id);
  return made.ok ? served({ ...made.value, person: email ?? name }) : made;
}

function ownKey({ keys }: Desk, person: string | undefined, by: Caller): Served<ApiKey> {
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

/** The newest good key of a person; without one named, of the one admin there is. */
async function keyFor(
  { keys, clock }: Desk,
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
  const known = [...new Set(good.map(({ email, name }) => email ?? name))].slice(0, 20).join(', ');
  if (person !== undefined && people.length === 0) {
    return refused('not-found', `nobody of that name has a good key; there are: ${known}`);
  }
  return refused('bad-request', `say whom the link is for; there are: ${known}`, { at: 'person' });
}
