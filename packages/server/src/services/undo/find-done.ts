import { type DoneAction, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { DecisionRow, Models } from '../../store/models.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { UndoSelection } from './undo-types.ts';

/** What was done is found with. */
export type FindingNeeds = Reading & {
  readonly models: Pick<Models, 'decision' | 'decisions' | 'events'>;
};

/** One decision, what was done on it, and whose data that is. */
export type FoundDone = {
  readonly row: DecisionRow;
  /** Null where nothing was let through, or its person was erased. */
  readonly done: DoneAction | null;
  readonly isErased: boolean;
  readonly subject: string | null;
};

const MOST_ROWS = 1_000;
const LET_THROUGH: ReadonlySet<string> = new Set(['allow', 'modify']);

/** Returns what was let through of a selection, and what else it names, last first. */
export async function findDone(
  needs: FindingNeeds,
  selection: UndoSelection,
): Promise<Served<readonly FoundDone[]>> {
  const { entries, session, sinceMs, leave } = selection;
  if (entries === null && session === null && sinceMs === null) {
    return refused('bad-request', 'say which actions: `entries`, `session` or `sinceMs`');
  }
  const rows = entries === null ? await listed(needs, selection) : await named(needs, selection);
  if (!rows.ok) return rows;
  const wanted = rows.value.filter(({ decision, verdict }) => {
    return !leave.includes(decision) && (entries !== null || LET_THROUGH.has(verdict));
  });
  const found: FoundDone[] = [];
  for (const row of wanted.sort((one, other) => other.index - one.index)) {
    found.push(await opened(needs, row));
  }
  return served(found);
}

async function listed(
  { models }: FindingNeeds,
  { agent, session, sinceMs }: UndoSelection,
): Promise<Served<DecisionRow[]>> {
  const narrowed = {
    ...(session === null ? {} : { session }),
    ...(sinceMs === null ? {} : { fromAt: sinceMs }),
  };
  const page = await models.decisions({ agent, ...narrowed, limit: MOST_ROWS });
  if (page.next !== null) {
    return refused('too-large', `there are more than ${MOST_ROWS} decisions: select fewer`);
  }
  return served([...page.rows]);
}

async function named(
  needs: FindingNeeds,
  { agent, session, sinceMs, entries }: UndoSelection,
): Promise<Served<DecisionRow[]>> {
  const rows = new Map<string, DecisionRow>();
  for (const entry of entries ?? []) {
    const id = /^[0-9]+$/.test(entry) ? await decisionAt(needs, Number(entry)) : entry;
    const row = id === null ? undefined : await needs.models.decision(id);
    if (row?.agent !== agent) {
      const what = `there is no decision \`${entry}\` of \`${agent}\``;
      return refused('unknown-decision', `${what}: \`plumb log\` shows ids and places`);
    }
    const isWanted = session === null || row.session === session;
    if (isWanted && (sinceMs === null || row.at >= sinceMs)) rows.set(row.decision, row);
  }
  return served([...rows.values()]);
}

/** A decision by where it stands in the log, or where its outcome does. */
async function decisionAt({ sequencer }: FindingNeeds, index: number): Promise<string | null> {
  const entry = await readEntry(sequencer, index);
  const isOne = entry?.kind === 'decided' || entry?.kind === 'outcome';
  const decision = isOne ? entry.open['decision'] : null;
  return typeof decision === 'string' ? decision : null;
}

async function opened(needs: FindingNeeds, row: DecisionRow): Promise<FoundDone> {
  const entry = await readEntry(needs.sequencer, row.index);
  const subject = entry?.sealed?.subject ?? null;
  const nothing = { row, done: null, subject };
  if (entry === undefined || !LET_THROUGH.has(row.verdict)) return { ...nothing, isErased: false };
  const decided = await openEntry(needs, entry);
  if (decided.state !== 'opened') return { ...nothing, isErased: true };
  const outcome =
    row.outcomeIndex === null ? undefined : await readEntry(needs.sequencer, row.outcomeIndex);
  const told = outcome === undefined ? null : await openEntry(needs, outcome);
  if (told !== null && told.state !== 'opened') return { ...nothing, isErased: true };
  const secret = told?.secret ?? {};
  const { tool } = membersOf(decided.secret['action']);
  const done: DoneAction = {
    tool: typeof tool === 'string' ? tool : '',
    args: argsOf(decided.secret, secret),
    result: secret['result'] ?? null,
    status: statusOf(row.outcome),
    isStaged: membersOf(entry.open['route'])['side'] === 'staging',
  };
  return { row, done, isErased: false, subject };
}

// An outcome names its arguments where they are not those that were let through.
function argsOf(decided: JsonObject, told: JsonObject): JsonObject {
  const said = told['args'];
  if (said !== undefined && isJsonObject(said)) return said;
  const verdict = membersOf(membersOf(decided['decision'])['verdict']);
  const rewritten = verdict['kind'] === 'modify' ? verdict['args'] : undefined;
  return membersOf(rewritten ?? membersOf(decided['action'])['args']);
}

function statusOf(outcome: string | null): DoneAction['status'] {
  const known = ['ok', 'error', 'not_sent', 'unknown'] as const;
  return known.find((each) => each === outcome) ?? null;
}

/** Returns the decisions of which a person said that they took them back. */
export async function labelledUndone(
  { models, sequencer }: FindingNeeds,
  agent: string,
): Promise<ReadonlySet<string>> {
  const undone = new Set<string>();
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Models['events']>> = await models.events({
      agent,
      kind: 'correction',
      limit: MOST_ROWS,
      ...(before === null ? {} : { before }),
    });
    for (const { index } of page.rows) {
      const open = (await readEntry(sequencer, index))?.open ?? {};
      const { decision, label } = open;
      if (label === 'undone' && typeof decision === 'string') undone.add(decision);
    }
    before = page.next;
  } while (before !== null);
  return undone;
}

function membersOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}
