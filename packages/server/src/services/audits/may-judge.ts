import { type AuditItem, isJsonObject, type Json } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { namesOf } from '../../routes/names-of.ts';
import type { Models } from '../../store/models.ts';
import { type Knowing, namesBehind } from '../person-of-key.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';
import { refused } from '../served.ts';

/** What is looked at to tell whether somebody had to do with a session. */
export type HandsNeeds = Reading & {
  readonly models: Pick<Models, 'events'>;
  readonly knowing: Knowing;
};

type Refusal = ReturnType<typeof refused>;

const PAGE = 1_000;
const KINDS = ['session_opened', 'vote', 'gate'] as const;

/**
 * Returns why a caller may not judge a drawn session, or null: it takes a person, who neither had
 * to do with the session nor looked at it before by another way than the audit.
 */
export async function whyNotJudge(
  needs: HandsNeeds,
  item: AuditItem,
  { person, id }: Caller,
): Promise<Refusal | null> {
  if (person === null) return refused('forbidden', "judge with a person's own key or token");
  const own = new Set(namesOf(person));
  const isOwn = (name: string): boolean => own.has(name) || own.has(name.toLowerCase());
  const isOwnKey = (key: string): boolean =>
    key === id || namesBehind(key, needs.knowing).some(isOwn);
  if ([...item.hands].some(isOwnKey)) {
    return refused('forbidden', 'you looked at this session before: another person judges it');
  }
  for (const kind of KINDS) {
    const { agent, session } = item;
    const page = await needs.models.events({ agent, session, kind, limit: PAGE });
    for (const { index } of page.rows) {
      if (await isOfTheirs(needs, index, { isOwn, isOwnKey })) return WAS_THERE;
    }
  }
  return null;
}

const WAS_THERE = refused(
  'forbidden',
  'you asked for this session, opened it or decided in it: another person judges it',
);

type Own = {
  readonly isOwn: (name: string) => boolean;
  readonly isOwnKey: (key: string) => boolean;
};

async function isOfTheirs(
  needs: HandsNeeds,
  index: number,
  { isOwn, isOwnKey }: Own,
): Promise<boolean> {
  const entry = await readEntry(needs.sequencer, index);
  if (entry === undefined) return false;
  const { by = null, openedBy = null } = entry.open;
  if ([by, openedBy].some((key) => typeof key === 'string' && isOwnKey(key))) return true;
  const opened = await openEntry(needs, entry);
  if (opened.state !== 'opened') return false;
  const { person = null, principal = null, seats = null } = opened.secret;
  const seated = Array.isArray(seats) ? seats.map(personIn) : [];
  return [person, principal, ...seated].some((name) => typeof name === 'string' && isOwn(name));
}

function personIn(seat: Json): Json {
  return isJsonObject(seat) ? (seat['person'] ?? null) : null;
}
