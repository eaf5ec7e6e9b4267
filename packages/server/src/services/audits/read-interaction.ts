import { hash } from 'node:crypto';
import {
  type AuditItem,
  type Entry,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@plumbline/core';

import type { Models } from '../../store/models.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';
import { type Claim, claimsIn } from './claims-in.ts';
import type { ShownClaim, ShownTurn } from './shown-interaction.ts';

/** What a drawn session is read with. */
export type InteractionNeeds = Reading & { readonly models: Pick<Models, 'events'> };

/** A claim with the decision it stands in, which no reviewer is shown. */
export type PlacedClaim = ShownClaim & { readonly decision: string; readonly tool: string };

/** A drawn session, opened. */
export type ReadInteraction = {
  readonly task: string | null;
  readonly attributes: JsonObject;
  readonly turns: readonly ShownTurn[];
  readonly claims: readonly PlacedClaim[];
  readonly leftOut: number;
  readonly isComplete: boolean;
};

const PAGE = 1_000;
const MOST_ENTRIES = 5_000;
const MOST_CLAIMS = 100;

type Opened = { readonly entry: Entry; readonly secret: JsonObject };

/** Returns a drawn session, opened; null where its person was erased. */
export async function readInteraction(
  needs: InteractionNeeds,
  { item, agent, session }: Pick<AuditItem, 'item' | 'agent' | 'session'>,
): Promise<ReadInteraction | null> {
  const { indexes, isComplete } = await indexesOf(needs, { agent, session });
  const entries: Opened[] = [];
  for (const index of indexes) {
    const entry = await readEntry(needs.sequencer, index);
    if (entry === undefined) continue;
    const opened = await openEntry(needs, entry);
    if (opened.state === 'erased') return null;
    entries.push({ entry, secret: opened.state === 'opened' ? opened.secret : {} });
  }
  const opening = entries.find(({ entry }) => entry.kind === 'session_opened')?.secret ?? {};
  const { task, attributes } = opening;
  return {
    task: typeof task === 'string' ? task : null,
    attributes: membersOf(attributes),
    ...turnsOf(item, entries),
    isComplete,
  };
}

async function indexesOf(
  { models }: InteractionNeeds,
  of: Pick<AuditItem, 'agent' | 'session'>,
): Promise<{ readonly indexes: readonly number[]; readonly isComplete: boolean }> {
  const indexes: number[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Models['events']>> = await models.events({
      agent: of.agent,
      session: of.session,
      limit: PAGE,
      ...(before === null ? {} : { before }),
    });
    indexes.push(...page.rows.map(({ index }) => index));
    before = page.next;
  } while (before !== null);
  indexes.sort((a, b) => a - b);
  return { indexes: indexes.slice(0, MOST_ENTRIES), isComplete: indexes.length <= MOST_ENTRIES };
}

/** What a session holds in order, and which of its claims are to be judged. */
function turnsOf(
  item: string,
  entries: readonly Opened[],
): Pick<ReadInteraction, 'turns' | 'claims' | 'leftOut'> {
  const results = resultsIn(entries);
  const found = entries.flatMap((opened) => stepOf(opened, results));
  const all = found.flatMap(({ decision, tool, claims }) =>
    claims.map((claim, place) => ({ ...claim, decision, tool, key: `${decision}.${place}` })),
  );
  const kept = drawnOf(item, all);
  const numbers = new Map(kept.map(({ key }, place) => [key, `c${place + 1}`]));
  const turns = found.map(({ turn, decision, claims }): ShownTurn => {
    if (turn.kind === 'message') return turn;
    const ids = claims.map((_, place) => numbers.get(`${decision}.${place}`));
    return { ...turn, claims: ids.filter((id) => id !== undefined) };
  });
  const claims = kept.map(({ key, kind, text, decision, tool }) => {
    return { claim: numbers.get(key) ?? '', kind, text, decision, tool };
  });
  return { turns, claims, leftOut: all.length - kept.length };
}

/** Of a long session as many claims as people can judge are drawn, by what none can choose. */
function drawnOf<T extends { readonly key: string }>(
  item: string,
  all: readonly T[],
): readonly T[] {
  if (all.length <= MOST_CLAIMS) return all;
  const tickets = all.map(({ key }) => hash('sha256', `${item}\n${key}`, 'hex'));
  const last = tickets.toSorted()[MOST_CLAIMS - 1] ?? '';
  return all.filter((_, place) => (tickets[place] ?? '') <= last);
}

type Step = {
  readonly turn: ShownTurn;
  readonly decision: string;
  readonly tool: string;
  readonly claims: readonly Claim[];
};

function stepOf({ entry, secret }: Opened, results: ReadonlyMap<string, Json>): readonly Step[] {
  const none = { decision: '', tool: '', claims: [] };
  if (entry.kind === 'message') {
    const from = secret['from'] === 'principal' ? 'principal' : 'untrusted';
    return [{ ...none, turn: { kind: 'message', from, text: textOf(secret['text']) } }];
  }
  if (entry.kind !== 'decided') return [];
  const decision = textOf(entry.open['decision']);
  const action = membersOf(secret['action']);
  const verdict = membersOf(membersOf(secret['decision'])['verdict']);
  const was = WAS[textOf(verdict['kind'])] ?? 'refused';
  const tool = textOf(action['tool']);
  // A modified action was done as it was rewritten.
  const args = membersOf(verdict['kind'] === 'modify' ? verdict['args'] : action['args']);
  const result = results.get(decision) ?? null;
  const claims = was === 'let-through' ? claimsIn(tool, args) : [];
  return [
    { turn: { kind: 'action', tool, args, was, result, claims: [] }, decision, tool, claims },
  ];
}

const WAS: Readonly<Record<string, 'let-through' | 'refused' | 'asked'>> = {
  allow: 'let-through',
  modify: 'let-through',
  step_up: 'asked',
  defer: 'asked',
};

function resultsIn(entries: readonly Opened[]): ReadonlyMap<string, Json> {
  const outcomes = entries.filter(({ entry }) => entry.kind === 'outcome');
  return new Map(
    outcomes.map(({ entry, secret }) => {
      return [textOf(entry.open['decision']), secret['result'] ?? null];
    }),
  );
}

function membersOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
