import {
  type CompiledPact,
  explain,
  explainRecorded,
  PactTrial,
  type VerdictKind,
} from '@plumbline/core';

import { explainDecision, type Explained, remake, type Step, stepsOf } from './explain-decision.ts';
import {
  attestedIn,
  type DecidedEvent,
  decisionIn,
  entryOf,
  type ReadRow,
  readRows,
  secretOf,
  type SessionRecord,
} from './session-record.ts';

/** One side of a comparison: what a pact says of a decision, and every rule it tried. */
export type ComparedSide = {
  readonly verdict: VerdictKind;
  readonly summary: string;
  readonly steps: readonly Step[];
  /** From what: what was read then, or this session alone where it asks for more than that. */
  readonly basis: 'reads' | 'session';
};

/** One decision under its own pact and under another; null: it cannot be made there. */
export type Compared = {
  readonly own: Explained | null;
  readonly other: ComparedSide | null;
};

/** Makes one decision under its own pact and under another, with every rule each of them tries. */
export function compareDecision(
  record: SessionRecord,
  index: number,
  { own, other }: { readonly own: CompiledPact | null; readonly other: CompiledPact | null },
): Compared {
  const read = readRows(record);
  const each = read.find(({ row }) => row.index === index);
  const event = each === undefined ? null : decisionIn(each);
  return {
    own: own === null ? null : explainDecision(own, read, index),
    other:
      other === null || event === null
        ? null
        : (fromReads(other, read, event) ?? fromSession(other, record, { index, event })),
  };
}

function fromReads(
  other: CompiledPact,
  read: readonly ReadRow[],
  event: DecidedEvent,
): ComparedSide | null {
  const { decision } = remake(other, read, event);
  if (decision === null) return null;
  const { action, facts } = event;
  const attested = attestedIn(other, read, event);
  const { readSet, at: now } = event.decision;
  const given = { action, facts, now, attested, readSet };
  const { summary, tried } = explainRecorded(other, given, decision);
  const verdict = decision.verdict.kind;
  return { verdict, summary, steps: stepsOf(decision, tried), basis: 'reads' };
}

/** Plays the session up to the decision, and decides there. */
function fromSession(
  other: CompiledPact,
  { agent, session, rows }: SessionRecord,
  { index, event }: { readonly index: number; readonly event: DecidedEvent },
): ComparedSide {
  const trial = new PactTrial(other);
  for (const row of rows) {
    if (row.index >= index) break;
    const entry = entryOf(row, agent, session);
    if (entry !== null) trial.take(entry, secretOf(row));
  }
  const { action, facts, decision } = event;
  const told = explain(other, trial.state, { action, facts, now: decision.at });
  const { verdict } = told.decision;
  const steps = stepsOf(told.decision, told.tried);
  return { verdict: verdict.kind, summary: told.summary, steps, basis: 'session' };
}
