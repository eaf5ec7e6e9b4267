import type { Guard } from '../guard/guard.ts';
import type { Models, SessionRow } from '../store/models.ts';
import type { Vault } from '../store/vault.ts';
import { eraseSubject, type ErasingNeeds, finishErasure } from './erasure.ts';
import { openEntry, readEntry, type Reading } from './read-entry.ts';
import { refused, served } from './served.ts';
import type { Erased, Exported, OpenedEntry, Served, Subjects } from './services.ts';
import { makeTurns } from './turns.ts';
import type { WriteEntry } from './write-entry.ts';

/** What the data of people is found, opened and erased with. */
export type SubjectsNeeds = Reading &
  ErasingNeeds & {
    readonly guard: Pick<Guard, 'forget'>;
    readonly models: Pick<Models, 'sessions' | 'events' | 'nextIndex'>;
    readonly vault: Pick<Vault, 'findSubject' | 'subjectKey'>;
    readonly write: WriteEntry;
    /** Resolves once the models hold everything that is durable now. */
    readonly caughtUp: () => Promise<void>;
  };

const MOST_ENTRIES = 10_000;
const PAGE = 1_000;

/** Returns the service of people's data. */
export function makeSubjects(needs: SubjectsNeeds): Subjects {
  const turn = makeTurns();
  return {
    erase: ({ subject }, by) => turn('', () => eraseNamed(needs, subject, by.id)),
    export: (subject, by) =>
      turn('', async () => {
        const id = await needs.vault.findSubject(subject);
        return id === undefined ? nobody() : exportSubject(needs, { id, name: subject, by: by.id });
      }),
  };
}

function nobody(): { readonly ok: false; readonly error: { code: 'not-found'; message: string } } {
  const error = { code: 'not-found', message: 'nobody of this name has data here' } as const;
  return { ok: false, error };
}

/** An erasure that was interrupted has lost its name already, so it is finished first. */
async function eraseNamed(needs: SubjectsNeeds, name: string, by: string): Promise<Served<Erased>> {
  const finished = await finishErasure(needs, name);
  if (!finished.ok) return finished;
  if (finished.value?.isAsked === true) return served(finished.value.erased);
  const id = await needs.vault.findSubject(name);
  return id === undefined ? nobody() : eraseSubject(needs, { subject: id, name, by });
}

type Person = { readonly id: string; readonly name: string; readonly by: string };

async function exportSubject(needs: SubjectsNeeds, person: Person): Promise<Served<Exported>> {
  await needs.caughtUp();
  const nextIndex = await needs.models.nextIndex();
  const sessions = await sessionsOf(needs, person.id);
  const entries: OpenedEntry[] = [];
  for (const session of sessions) {
    const open = { by: person.by, session: session.session, decision: null };
    const written = await needs.write({ kind: 'read', agent: session.agent, open });
    if (!written.ok) return written;
    for (const index of await indexesOf(needs, session)) {
      const entry = await openedAt(needs, index);
      if (entry !== undefined) entries.push(entry);
    }
    if (entries.length > MOST_ENTRIES) {
      return refused(
        'too-large',
        `more than ${MOST_ENTRIES} entries; export the log's pack instead`,
      );
    }
  }
  entries.push(...(await correctionsOf(needs, person.id)));
  entries.sort((a, b) => a.index - b.index);
  return served({ subject: person.id, name: person.name, entries, nextIndex });
}

async function sessionsOf({ models }: SubjectsNeeds, id: string): Promise<readonly SessionRow[]> {
  const rows: SessionRow[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Models['sessions']>> = await models.sessions({
      subject: id,
      limit: PAGE,
      ...(before === null ? {} : { before }),
    });
    rows.push(...page.rows);
    before = page.next;
  } while (before !== null && rows.length <= MOST_ENTRIES);
  return rows;
}

async function indexesOf(
  { models }: SubjectsNeeds,
  { agent, session }: SessionRow,
): Promise<readonly number[]> {
  const indexes: number[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Models['events']>> = await models.events({
      agent,
      session,
      limit: PAGE,
      ...(before === null ? {} : { before }),
    });
    indexes.push(...page.rows.map(({ index }) => index));
    before = page.next;
  } while (before !== null && indexes.length <= MOST_ENTRIES);
  return indexes;
}

// What people said of decisions about somebody stands in the agents' own chains.
async function correctionsOf(needs: SubjectsNeeds, subject: string): Promise<OpenedEntry[]> {
  const entries: OpenedEntry[] = [];
  for (const kind of ['correction', 'audit_judged']) {
    const { rows } = await needs.models.events({ subject, kind, limit: PAGE });
    for (const { index } of rows) {
      const entry = await openedAt(needs, index);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

async function openedAt(needs: SubjectsNeeds, index: number): Promise<OpenedEntry | undefined> {
  const entry = await readEntry(needs.sequencer, index);
  if (entry === undefined) return undefined;
  const unsealed = await openEntry(needs, entry);
  const { at, kind, agent, session, open } = entry;
  const secret = unsealed.state === 'opened' ? unsealed.secret : null;
  return { index, at, kind, agent, session, open, secret };
}
