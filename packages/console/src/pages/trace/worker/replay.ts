import { type CompiledPact, type Decision, PactTrial, type VerdictKind } from '@plumbline/core';

import type { TraceRow } from '../../../data/traces.ts';
import { isVerdict, listAt, textAt } from '../open-part.ts';
import { remake, type Standing } from './explain-decision.ts';
import {
  decisionIn,
  entryOf,
  type ReadRow,
  readRows,
  secretOf,
  type SessionRecord,
} from './session-record.ts';

/** One decision under its own pact and under another. */
export type ReplayedDecision = {
  readonly index: number;
  readonly at: number;
  /** Null where the pact does not declare it and it was not opened. */
  readonly tool: string | null;
  readonly recorded: VerdictKind;
  readonly rules: readonly string[];
  readonly standing: Standing;
  readonly why: string;
  /** Null where there is no other pact, or the decision is not open. */
  readonly other: OtherVerdict | null;
};

/** What another pact makes of a decision, and from what. */
export type OtherVerdict = {
  readonly verdict: VerdictKind;
  readonly rules: readonly string[];
  /**
   * `reads`: from what the decision read. `session`: it asks for more than was read, and that was
   * folded from this session alone.
   */
  readonly basis: 'reads' | 'session';
};

/** The pacts that a replay needs: each decision's own, by digest, and the other one. */
export type ReplayPacts = {
  readonly own: (digest: string) => CompiledPact | null;
  readonly other: CompiledPact | null;
};

/** Makes every decision of a session again, under its own pact and under another. */
export function replaySession(
  record: SessionRecord,
  { own, other }: ReplayPacts,
): readonly ReplayedDecision[] {
  const read = readRows(record);
  const played = other === null ? null : playSession(record, other);
  return read
    .filter(({ row }) => row.kind === 'decided')
    .map((each) => ({
      ...toldOf(each),
      ...standingOf(own, read, each),
      other: other === null ? null : otherOf(other, read, { each, played }),
    }));
}

type Told = Pick<ReplayedDecision, 'index' | 'at' | 'tool' | 'recorded' | 'rules'>;

function toldOf(each: ReadRow): Told {
  const { index, at, open } = each.row;
  const verdict = open['verdict'];
  return {
    index,
    at,
    tool: decisionIn(each)?.action.tool ?? textAt(open, 'tool'),
    recorded: isVerdict(verdict) ? verdict : 'deny',
    rules: listAt(open, 'findings')
      .filter((finding) => Reflect.get(Object(finding), 'observed') !== true)
      .map((finding) => textAt(finding, 'rule') ?? ''),
  };
}

function standingOf(
  own: ReplayPacts['own'],
  read: readonly ReadRow[],
  each: ReadRow,
): Pick<ReplayedDecision, 'standing' | 'why'> {
  const event = decisionIn(each);
  if (event === null) return { standing: unopenedStanding(each.row), why: '' };
  const pact = own(textAt(each.row.open, 'pact') ?? '');
  if (pact === null) return { standing: 'missing', why: '' };
  const { standing, why } = remake(pact, read, event);
  return { standing, why };
}

function unopenedStanding({ sealed }: TraceRow): Standing {
  return sealed === 'sealed' ? 'sealed' : 'erased';
}

function otherOf(
  other: CompiledPact,
  read: readonly ReadRow[],
  { each, played }: { readonly each: ReadRow; readonly played: Played | null },
): OtherVerdict | null {
  const event = decisionIn(each);
  if (event === null) return null;
  const { decision } = remake(other, read, event);
  if (decision === null) return played?.get(each.row.index) ?? null;
  return { verdict: decision.verdict.kind, rules: rulesOf(decision), basis: 'reads' };
}

function rulesOf({ because }: Decision): readonly string[] {
  return because.filter(({ observed }) => observed !== true).map(({ rule }) => rule);
}

type Played = ReadonlyMap<number, OtherVerdict>;

/** Plays the session from its beginning under another pact, which sees this session alone. */
function playSession({ agent, session, rows }: SessionRecord, other: CompiledPact): Played {
  const trial = new PactTrial(other);
  const played = new Map<number, OtherVerdict>();
  for (const row of rows) {
    const entry = entryOf(row, agent, session);
    const tried = entry === null ? null : trial.take(entry, secretOf(row));
    if (tried === null) continue;
    const { candidate: verdict, rules } = tried;
    played.set(row.index, { verdict, rules, basis: 'session' });
  }
  return played;
}
