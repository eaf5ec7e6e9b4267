import { type Entry, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Guard } from '../guard/guard.ts';
import type { Caller } from '../routes/caller.ts';
import type { DecisionRow, Models } from '../store/models.ts';
import { type Labelled, labelsOf } from './labels.ts';
import { openEntry, readEntry, type Reading } from './read-entry.ts';
import { fromGuard, refused, served } from './served.ts';
import type { Cases, LabelledCase, LabelledCases } from './labelled-case.ts';
import type { Recorded, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** What labelled cases are made of. */
export type CasesNeeds = Reading & {
  readonly models: Pick<Models, 'decision' | 'decisions' | 'events'>;
  readonly write: WriteEntry;
  readonly caughtUp: () => Promise<void>;
  readonly guard: { readonly people: Pick<Guard['people'], 'correct'> };
};

const MOST_CASES = 1_000;
const MOST_EVENTS = 1_000;

/** Returns the service of what people said of decisions. */
export function makeCases(needs: CasesNeeds): Cases {
  return {
    correct: (of, by) => correct(needs, of, by),
    list: async (agent, by) => {
      await needs.caughtUp();
      return list(needs, agent, by);
    },
  };
}

async function correct(
  needs: CasesNeeds,
  { decision, label, note }: Parameters<Cases['correct']>[0],
  by: Pick<Caller, 'id'>,
): Promise<Served<Recorded>> {
  await needs.caughtUp();
  const row = await needs.models.decision(decision);
  const entry = row === undefined ? undefined : await readEntry(needs.sequencer, row.index);
  if (row === undefined || entry === undefined) {
    return refused('unknown-decision', `there is no decision \`${decision}\``);
  }
  const opened = await openEntry(needs, entry);
  const secret = opened.state === 'opened' ? opened.secret : {};
  const digest = membersOf(secret['action'])['digest'];
  const subject = entry.sealed?.subject ?? null;
  const action = typeof digest === 'string' ? digest : null;
  const said = { agent: row.agent, decision, label, by: by.id, note, action, subject };
  return fromGuard(await needs.guard.people.correct(said));
}

async function list(needs: CasesNeeds, agent: string, by: Caller): Promise<Served<LabelledCases>> {
  const { labels, isComplete } = await labelsOf(needs, agent);
  const rows: LabelledCase[] = [];
  const sessions = new Map<string, Told | null>();
  for (const label of labels.slice(0, MOST_CASES)) {
    const row = await needs.models.decision(label.decision);
    if (row === undefined) continue;
    if (!sessions.has(row.session)) {
      const open = { by: by.id, session: row.session, decision: null };
      const written = await needs.write({ kind: 'read', agent, open });
      if (!written.ok) return written;
      sessions.set(row.session, await toldIn(needs, row));
    }
    const made = await caseOf(needs, { label, row, told: sessions.get(row.session) ?? null });
    if (made !== null) rows.push(made);
  }
  return served({ rows, isComplete: isComplete && labels.length <= MOST_CASES });
}

/** What was attested of a session, and what its principal said, by place in the log. */
type Told = {
  readonly attributes: JsonObject;
  readonly task: string | null;
  readonly words: readonly { readonly index: number; readonly text: string }[];
};

async function toldIn(needs: CasesNeeds, { agent, session }: DecisionRow): Promise<Told | null> {
  const words: { index: number; text: string }[] = [];
  let opening: JsonObject | null = null;
  for (const kind of ['session_opened', 'message']) {
    const page = await needs.models.events({ agent, session, kind, limit: MOST_EVENTS });
    for (const { index } of page.rows) {
      const secret = await secretAt(needs, index);
      if (secret === null) return null;
      if (kind === 'session_opened') opening = secret;
      else if (secret['from'] === 'principal') words.push({ index, text: textOf(secret['text']) });
    }
  }
  if (opening === null) return null;
  const { task } = opening;
  const attributes = membersOf(opening['attributes']);
  words.sort((a, b) => a.index - b.index);
  return { attributes, task: typeof task === 'string' ? task : null, words };
}

async function secretAt(needs: CasesNeeds, index: number): Promise<JsonObject | null> {
  const entry = await readEntry(needs.sequencer, index);
  return entry === undefined ? null : secretOf(needs, entry);
}

async function secretOf(needs: Reading, entry: Entry): Promise<JsonObject | null> {
  const opened = await openEntry(needs, entry);
  return opened.state === 'opened' ? opened.secret : null;
}

// What is erased, or cannot be opened, is no case.
async function caseOf(
  needs: CasesNeeds,
  {
    label,
    row,
    told,
  }: { readonly label: Labelled; readonly row: DecisionRow; readonly told: Told | null },
): Promise<LabelledCase | null> {
  const secret = await secretAt(needs, row.index);
  if (secret === null || told === null) return null;
  const { tool, args } = membersOf(secret['action']);
  if (typeof tool !== 'string') return null;
  const words = told.words.filter(({ index }) => index < row.index).map(({ text }) => text);
  const { decision, at, expect, source, by, note } = label;
  return {
    decision,
    at,
    label: label.label,
    expect,
    source,
    by,
    note,
    id: `${label.label}-${row.decision.slice(-12)}-${label.source}`,
    session: row.session,
    decidedAt: row.at,
    pact: row.pact,
    tool,
    args: membersOf(args),
    attributes: told.attributes,
    task: told.task,
    principalText: words.length === 0 ? null : words.join('\n'),
    verdict: row.verdict,
    rules: row.rules,
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function membersOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}
