import { askIdOf, askOfApproval } from '@plumbline/core';

import type { TraceRow } from '../../data/traces.ts';
import { listAt, memberAt, numberAt, textAt, textsAt } from './open-part.ts';

/** One rule that asks people, and how far they have come. */
export type AskedRule = {
  readonly rule: string;
  /** Whom it asks; empty while that is not opened. */
  readonly approvers: readonly string[];
  /** How many of them it takes; null while that is not opened. */
  readonly quorum: number | null;
  /** How many different people approved in a seat of it; null while votes are not opened. */
  readonly approvals: number | null;
  readonly withinMs: number | null;
};

/** One person's word. */
export type CastVote = {
  readonly index: number;
  readonly at: number;
  readonly outcome: 'approve' | 'deny';
  /** Null while it is not opened. */
  readonly person: string | null;
  readonly reason: string | null;
  readonly mechanism: string;
  readonly rules: readonly string[];
};

/** What people were asked about one decision, what they said, and what it came to. */
export type AskStory = {
  readonly ask: string;
  readonly decisionIndex: number;
  readonly tool: string | null;
  readonly rules: readonly AskedRule[];
  readonly votes: readonly CastVote[];
  readonly end: AskEnd;
  /** The entry that says so; null while it waits. */
  readonly endIndex: number | null;
  /** The decision that was let through because of it; null: none yet. */
  readonly usedIndex: number | null;
};

/** What an ask came to; `nobody` is a denial because nobody answered in time. */
export type AskEnd =
  'waits' | 'approved' | 'denied' | 'nobody' | 'closed' | 'halted' | 'superseded';

type Row = Pick<TraceRow, 'index' | 'at' | 'kind' | 'open' | 'secret'>;

/**
 * Returns what people were asked in a session, by the index of each entry that is about it. Among
 * the rows are those about the session, such as the halts that reached it.
 */
export function askStories(rows: readonly Row[]): ReadonlyMap<number, AskStory> {
  const about = Map.groupBy(rows, askOf);
  const used = usesOf(rows);
  const waiting = new Map<string, AskStory>();
  const stories = new Map<number, AskStory>();
  for (const row of rows) {
    if (row.kind !== 'decided' || textAt(row.open, 'verdict') !== 'step_up') continue;
    const ask = askIdOf(textAt(row.open, 'decision') ?? '');
    const told = about.get(ask) ?? [];
    const digest = textAt(memberAt(row.secret, 'action'), 'digest') ?? ask;
    const before = waiting.get(digest);
    // A request that comes again while it waits is the same ask, which has its story already.
    const isAgain = told.length === 0 && before !== undefined && isOpenAt(before, row.index);
    const story = isAgain ? before : storyOf(ask, row, { rows, told, used });
    waiting.set(digest, story);
    for (const { index } of [row, ...told]) stories.set(index, story);
  }
  return stories;
}

/** Which ask an entry is about. */
function askOf({ kind, open }: Row): string | null {
  if (kind === 'vote' || kind === 'approval_link') return textAt(open, 'ask');
  return kind === 'approval' ? askOfApproval(textAt(open, 'id') ?? '') : null;
}

/** Which decision used which approval. */
function usesOf(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(
    rows.flatMap(({ kind, index, open }) =>
      kind === 'decided' ? textsAt(open, 'spends').map((id) => [id, index] as const) : [],
    ),
  );
}

function isOpenAt({ endIndex }: AskStory, index: number): boolean {
  return endIndex === null || endIndex > index;
}

function storyOf(
  ask: string,
  row: Row,
  {
    rows,
    told,
    used,
  }: {
    readonly rows: readonly Row[];
    readonly told: readonly Row[];
    readonly used: ReadonlyMap<string, number>;
  },
): AskStory {
  const approvals = told.filter(({ kind }) => kind === 'approval');
  const last = approvals.at(-1) ?? rows.find((other) => isEnding(other, row));
  const uses = approvals.flatMap(({ open }) => used.get(textAt(open, 'id') ?? '') ?? []);
  return {
    ask,
    decisionIndex: row.index,
    tool: textAt(memberAt(row.secret, 'action'), 'tool') ?? textAt(row.open, 'tool'),
    rules: rulesOf(row, told),
    votes: told.filter(({ kind }) => kind === 'vote').map(voteOf),
    end: last === undefined ? 'waits' : endOf(last),
    endIndex: last?.index ?? null,
    usedIndex: uses[0] ?? null,
  };
}

/** What ends an ask that nobody decided: a halt, another pact, the end of its session. */
function isEnding({ kind, index, open }: Row, asking: Row): boolean {
  if (index < asking.index) return false;
  if (kind === 'halt' || kind === 'session_closed') return true;
  return kind === 'armed' && textAt(open, 'pact') !== textAt(asking.open, 'pact');
}

function endOf({ kind, open, secret }: Row): AskEnd {
  if (kind === 'halt') return 'halted';
  if (kind === 'armed') return 'superseded';
  if (kind === 'session_closed') return 'closed';
  if (textAt(open, 'outcome') !== 'denied') return 'approved';
  return secret !== null && textsAt(secret, 'by').length === 0 ? 'nobody' : 'denied';
}

function voteOf({ index, at, open, secret }: Row): CastVote {
  return {
    index,
    at,
    outcome: textAt(open, 'outcome') === 'approve' ? 'approve' : 'deny',
    person: textAt(secret, 'person'),
    reason: textAt(secret, 'reason'),
    mechanism: textAt(open, 'mechanism') ?? '',
    rules: textsAt(open, 'rules'),
  };
}

/** The rules that ask, as they stand openly, with what each wants where that is opened. */
function rulesOf(row: Row, told: readonly Row[]): readonly AskedRule[] {
  const verdict = memberAt(memberAt(row.secret, 'decision'), 'verdict');
  const wanted = listAt(verdict, 'requirements');
  const open = listAt(row.open, 'findings')
    .filter((finding) => textAt(finding, 'kind') === 'step_up')
    .map((finding) => textAt(finding, 'rule') ?? '');
  const names = wanted.length === 0 ? open : wanted.map((each) => textAt(each, 'rule') ?? '');
  const isOpened = told.every(({ kind, secret }) => kind !== 'vote' || secret !== null);
  return [...new Set(names)].map((rule) => {
    const requirement = wanted.find((each) => textAt(each, 'rule') === rule);
    return {
      rule,
      approvers: textsAt(requirement, 'approvers'),
      quorum: numberAt(requirement, 'quorum'),
      approvals: isOpened ? peopleFor(rule, told).size : null,
      withinMs: numberAt(requirement, 'withinMs'),
    };
  });
}

/** Different people who approved in a seat of a rule. */
function peopleFor(rule: string, told: readonly Row[]): ReadonlySet<string> {
  const seats = told
    .filter(({ kind, open }) => kind === 'vote' && textAt(open, 'outcome') === 'approve')
    .flatMap(({ secret }) => listAt(secret, 'seats'))
    .filter((seat) => textAt(seat, 'rule') === rule);
  return new Set(seats.map((seat) => textAt(seat, 'person') ?? ''));
}
