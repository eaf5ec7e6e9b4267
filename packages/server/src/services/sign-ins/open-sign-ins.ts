import type { JsonObject } from '@plumbline/core';

import type { EndedFlow, Flowed } from '../../identity/code-flow.ts';
import { callerOfKey } from '../../routes/gate/authenticate.ts';
import type { Caller, Person } from '../../routes/caller.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { endAll, noteEnd, revoke, whyOver } from './end-sign-ins.ts';
import { loadSignIns, saveSignIns } from './kept-sign-ins.ts';
import { linkFor, ownerOf } from './link-for.ts';
import {
  byOf,
  digestOf,
  freshSignIn,
  type KeptSignIn,
  SignInBook,
  type SignedInAs,
} from './sign-in-book.ts';
import type { SignInDesk, SignInNeeds } from './sign-in-desk.ts';
import { SignInLinks } from './sign-in-links.ts';
import type {
  EndedSignIn,
  Opened,
  ShownSignIn,
  SignInPlace,
  SignIns,
  SignInWay,
} from './sign-ins.ts';
import { whoSignsIn } from './who-signs-in.ts';

const KEEP_MS = 60_000;

/** Returns the people who are signed in with a browser, with those an earlier daemon kept. */
export async function openSignIns(needs: SignInNeeds): Promise<SignIns> {
  const book = new SignInBook();
  const desk: SignInDesk = { ...needs, book, links: new SignInLinks(needs.clock) };
  for (const kept of await loadSignIns(needs.vault, needs.open)) book.add(kept);
  const keep = makeKeep(desk);
  // What the ledger says is open and nobody kept is told to have ended, at the first look.
  const lost = [...needs.open].filter(([id]) => book.withId(id) === undefined);
  return {
    ways: () => waysOf(desk),
    signIn: async (request) => {
      const who = await whoSignsIn(desk, request);
      if (!who.ok) return who;
      const { key, proven, endsAtMs } = who.value;
      const { browser, address, with: given } = request;
      const as: SignedInAs = { kind: 'key', key: key.id };
      const factor = proven?.factor ?? null;
      return admit(desk, { way: given.way, as, factor, browser, address }, endsAtMs);
    },
    challenge: () => desk.factors.openChallenge(),
    begin: async (of) => noted(desk, await needs.flow.begin(of)),
    end: async (of, place) => endFlow(desk, noted(desk, await needs.flow.end(of)), place),
    callerOf: (cookie) => callerIn(desk, goodOne(desk, book.find(cookie))),
    use: (id) => {
      const kept = goodOne(desk, book.withId(id));
      if (kept !== undefined) kept.lastAt = needs.clock();
    },
    replace: async (cookies) => {
      const before = cookies.flatMap((cookie) => book.find(cookie) ?? []);
      await endAll(desk, before, 'replaced');
    },
    find: (cookie) => shownOf(desk, goodOne(desk, book.find(cookie))),
    isOpen: (id) => goodOne(desk, book.withId(id)) !== undefined,
    signOut: (cookie) => {
      const kept = book.find(cookie);
      return endAll(desk, kept === undefined ? [] : [kept], 'asked');
    },
    list: (by) => listOf(desk, by.person),
    revoke: (id, by) => revoke(desk, id, by),
    factorRemoved: async (factor) => {
      const proved = book.all().filter((kept) => kept.factor === factor);
      await endAll(desk, proved, 'factor');
    },
    link: (person, by) => linkFor(desk, person, by),
    ownerOf: (link) => ownerOf(desk, link),
    sweep: async () => {
      for (const [id, { person, by }] of lost.splice(0))
        await noteEnd(desk, { id, person, by }, 'lost');
      for (const kept of book.all()) {
        const why = whyOver(desk, kept);
        if (why !== null) await endAll(desk, [kept], why);
      }
      await keep(false);
    },
    close: () => keep(true),
  };
}

/** Sign-ins are kept when one came or went, and else once a minute, for when each was last used. */
function makeKeep({ book, vault, clock }: SignInDesk): (isLast: boolean) => Promise<void> {
  let keptAt = clock();
  let changes = book.changes;
  return async (isLast) => {
    const isDue = book.all().length > 0 && clock() - keptAt >= KEEP_MS;
    if (!isLast && !isDue && changes === book.changes) return;
    keptAt = clock();
    changes = book.changes;
    await saveSignIns(vault, book.all());
  };
}

function waysOf({ flow, hasPasskeys, rules }: SignInDesk): ReturnType<SignIns['ways']> {
  const ways: readonly (readonly [SignInWay, boolean])[] = [
    ['passkey', hasPasskeys],
    ['oidc', flow.issuers.length > 0],
    ['key', rules.factor !== 'webauthn' || hasPasskeys],
    ['link', rules.factor !== 'webauthn' || hasPasskeys],
  ];
  const open = ways.filter(([, isOpen]) => isOpen).map(([way]) => way);
  return { ways: open, issuers: flow.issuers };
}

function noted<T>({ noted: tell }: SignInDesk, flowed: Flowed<T>): Flowed<T> {
  if (!flowed.ok) tell(`signing in with an issuer failed: ${flowed.why}`);
  return flowed;
}

async function endFlow(
  desk: SignInDesk,
  flowed: Flowed<EndedFlow>,
  place: SignInPlace,
): Promise<EndedSignIn> {
  if (!flowed.ok) return flowed;
  const { caller, to } = flowed.value;
  if (caller.person === null) return { ok: false, problem: 'no-person', to };
  if (caller.roles.length === 0) return { ok: false, problem: 'no-role', to };
  const as: SignedInAs = { kind: 'issuer', caller };
  const opened = await admit(desk, { way: 'oidc', as, factor: null, ...place }, null);
  if (opened.ok) return served({ ...opened.value, to });
  return { ok: false, problem: opened.error.code === 'bad-key' ? 'revoked' : 'unavailable', to };
}

// The sweep records the end of what is found to be over here.
function goodOne(desk: SignInDesk, kept: KeptSignIn | undefined): KeptSignIn | undefined {
  return kept === undefined || whyOver(desk, kept) !== null ? undefined : kept;
}

function callerIn({ keys }: SignInDesk, kept: KeptSignIn | undefined): Caller | undefined {
  if (kept === undefined) return undefined;
  const { as, id } = kept;
  if (as.kind === 'issuer') return { ...as.caller, signIn: id };
  const key = keys.find(as.key);
  return key === undefined ? undefined : { ...callerOfKey(key), signIn: id };
}

function shownOf(desk: SignInDesk, kept: KeptSignIn | undefined): ShownSignIn | undefined {
  const caller = callerIn(desk, kept);
  if (kept === undefined || caller === undefined || caller.person === null) return undefined;
  const { id, way, browser, address, openedAt, lastAt, expiresAt, as } = kept;
  const { person, roles, agents } = caller;
  const { idleMs } = desk.rules;
  const name = as.kind === 'key' ? desk.keys.find(as.key)?.name : undefined;
  const ends = { expiresAtMs: expiresAt, idleMs, idleAtMs: lastAt + idleMs };
  const told = { id, way, browser, address, openedAt, lastAt, ...ends };
  return { ...told, person, name: name ?? person.email ?? person.id, roles, agents };
}

function listOf(desk: SignInDesk, person: Person | null): readonly ShownSignIn[] {
  if (person === null) return [];
  const own = desk.factors.pseudonymOf(person.id);
  return desk.book
    .all()
    .filter((kept) => kept.person === own && goodOne(desk, kept) !== undefined)
    .flatMap((kept) => shownOf(desk, kept) ?? [])
    .reverse();
}

type Opening = SignInPlace & Pick<KeptSignIn, 'way' | 'as' | 'factor'>;

async function admit(
  desk: SignInDesk,
  opening: Opening,
  endsAtMs: number | null,
): Promise<Served<Opened>> {
  const { cookie, id } = freshSignIn();
  const caller = callerIn(desk, { ...BLANK, ...opening });
  if (caller === undefined || caller.person === null) {
    return refused('bad-key', 'the key is unknown, revoked or expired');
  }
  const person = desk.factors.pseudonymOf(caller.person.id);
  const crowded = await endAll(desk, desk.book.crowdedOut(person), 'crowded');
  if (!crowded.ok) return crowded;
  const now = desk.clock();
  const ends = opening.as.kind === 'key' ? desk.keys.find(opening.as.key)?.expiresAt : null;
  const expiresAt = Math.min(now + desk.rules.maxMs, ends ?? Infinity, endsAtMs ?? Infinity);
  const times = { openedAt: now, lastAt: now, expiresAt };
  const kept: KeptSignIn = { ...opening, ...times, id, digest: digestOf(cookie), person };
  const { way, factor } = opening;
  const said: JsonObject = { signIn: id, way, factor, person, untilMs: expiresAt, by: byOf(kept) };
  const written = await desk.write({ kind: 'signed_in', agent: null, open: said });
  if (!written.ok) return written;
  desk.book.add(kept);
  const shown = shownOf(desk, kept);
  // A key that was revoked meanwhile has ended what it began.
  return shown === undefined
    ? refused('bad-key', 'the key was revoked')
    : served({ cookie, shown });
}

const BLANK = { id: '', digest: '', person: '', openedAt: 0, expiresAt: 0, lastAt: 0 };
