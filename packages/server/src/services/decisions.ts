import {
  type EarlierAction,
  type Entry,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@plumbline/core';

import type { Caller } from '../routes/caller.ts';
import type { DecisionRow, Models } from '../store/models.ts';
import { openEntry, readEntry, type Reading, type Unsealed } from './read-entry.ts';
import { refused, served } from './served.ts';
import type { Decisions, OpenedDecision, RecordedDecision, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** What recorded decisions are found and opened with. */
export type DecisionsNeeds = Reading & {
  readonly models: Pick<Models, 'decision' | 'decisions'>;
  readonly write: WriteEntry;
  readonly caughtUp: () => Promise<void>;
};

type Found = {
  readonly recorded: RecordedDecision;
  readonly entry: Entry;
  readonly outcome: Entry | undefined;
};

/** Returns the service of recorded decisions. */
export function makeDecisions(needs: DecisionsNeeds): Decisions {
  return {
    recorded: async (decision) => {
      const found = await find(needs, decision);
      return found.ok ? served(found.value.recorded) : found;
    },
    unsealed: async (decision) => {
      const found = await find(needs, decision);
      return found.ok ? unseal(needs, found.value) : found;
    },
    earlier: (decision) => earlier(needs, decision),
    opened: (decision, by) => open(needs, decision, by),
  };
}

async function find(needs: DecisionsNeeds, decision: string): Promise<Served<Found>> {
  await needs.caughtUp();
  const row = await needs.models.decision(decision);
  const entry = row === undefined ? undefined : await readEntry(needs.sequencer, row.index);
  if (row === undefined || entry === undefined) {
    return refused('unknown-decision', `there is no decision \`${decision}\``);
  }
  const { outcomeIndex } = row;
  const outcome =
    outcomeIndex === null ? undefined : await readEntry(needs.sequencer, outcomeIndex);
  return served({ recorded: recordedOf(row, entry, outcome), entry, outcome });
}

function recordedOf(row: DecisionRow, entry: Entry, outcome: Entry | undefined): RecordedDecision {
  const { index, at, agent, session, decision, verdict, outcomeIndex } = row;
  return {
    index,
    at,
    agent,
    session,
    decision,
    verdict,
    open: entry.open,
    outcome:
      outcome === undefined || outcomeIndex === null
        ? null
        : { index: outcomeIndex, at: outcome.at, open: outcome.open },
  };
}

/** So many earlier actions of a tool say what is usual; opening more of them takes too long. */
const MOST_EARLIER = 20;

async function earlier(needs: DecisionsNeeds, decision: string): Promise<readonly EarlierAction[]> {
  const row = await needs.models.decision(decision);
  if (row === undefined || row.tool === null) return [];
  const { agent, tool, index } = row;
  const { rows } = await needs.models.decisions({
    agent,
    tool,
    before: index,
    limit: MOST_EARLIER,
  });
  const found: EarlierAction[] = [];
  for (const { index: at, verdict } of rows) {
    const entry = await readEntry(needs.sequencer, at);
    const unsealed = entry === undefined ? null : await openEntry(needs, entry);
    const action = unsealed?.state === 'opened' ? (unsealed.secret['action'] ?? null) : null;
    const args = isJsonObject(action) ? (action['args'] ?? null) : null;
    found.push({ verdict, args: isJsonObject(args) ? args : null });
  }
  return found;
}

async function open(
  needs: DecisionsNeeds,
  decision: string,
  by: Caller,
): Promise<Served<OpenedDecision>> {
  const found = await find(needs, decision);
  if (!found.ok) return found;
  const { recorded } = found.value;
  const said = { by: by.id, session: recorded.session, decision };
  const written = await needs.write({ kind: 'read', agent: recorded.agent, open: said });
  if (!written.ok) return written;
  return unseal(needs, found.value);
}

async function unseal(
  needs: DecisionsNeeds,
  { recorded, entry, outcome }: Found,
): Promise<Served<OpenedDecision>> {
  const unsealed = await openEntry(needs, entry);
  const told = outcome === undefined ? null : await openEntry(needs, outcome);
  return served({ ...recorded, ...openedParts(unsealed, told) });
}

type OpenedParts = Omit<OpenedDecision, keyof RecordedDecision>;

function openedParts(unsealed: Unsealed, told: Unsealed | null): OpenedParts {
  const sealed = unsealed.state === 'none' ? 'missing' : unsealed.state;
  const secret: JsonObject = unsealed.state === 'opened' ? unsealed.secret : {};
  const full = secret['decision'] ?? null;
  return {
    sealed,
    action: secret['action'] ?? null,
    facts: secret['facts'] ?? null,
    full,
    result: told?.state === 'opened' ? (told.secret['result'] ?? null) : null,
    explanation: isJsonObject(full) ? explanationOf(full) : null,
  };
}

/** Returns in words why a decision was made: its verdict, what it says, and every finding. */
function explanationOf(full: JsonObject): string {
  const verdict = full['verdict'] ?? null;
  const head = isJsonObject(verdict) ? [textOf(verdict['kind']), textOf(verdict['say'])] : [];
  const because = Array.isArray(full['because']) ? full['because'] : [];
  const lines = because.filter(isJsonObject).map((finding) => {
    const { stage, rule, kind } = finding;
    return `${textOf(stage)}: \`${textOf(rule)}\` says ${textOf(kind)}`;
  });
  return [head.filter((part) => part !== '').join(': '), ...lines].join('\n');
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
