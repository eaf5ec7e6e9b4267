import {
  type Entry,
  isJsonObject,
  type Json,
  type JsonObject,
  type VerdictKind,
} from '@plumbline/core';

import { type Label, LABELS } from '../guard/people.ts';
import type { DecisionRow, Models } from '../store/models.ts';
import { openEntry, readEntry, type Reading } from './read-entry.ts';
import type { LabelSource } from './labelled-case.ts';

/** One label of one decision, before the decision is opened. */
export type Labelled = {
  readonly decision: string;
  readonly label: Label;
  readonly expect: VerdictKind | null;
  readonly source: LabelSource;
  readonly at: number;
  readonly index: number;
  readonly by: string;
  readonly note: string | null;
};

/** What labels are found with. */
export type LabelNeeds = Reading & { readonly models: Pick<Models, 'events' | 'decisions'> };

const PAGE = 1_000;
const MOST_APPROVALS = 200;
const MOST_DENIALS = 100;

const EXPECT: Readonly<Record<Label, VerdictKind>> = {
  'should-allow': 'allow',
  'should-deny': 'deny',
  'should-ask': 'step_up',
  'wrong-arguments': 'deny',
  undone: 'deny',
};

/**
 * Returns what people said of an agent's decisions, newest first: corrections, and what follows
 * from approvals, gates and locks. `isComplete` is false where older ones were left out.
 */
export async function labelsOf(
  needs: LabelNeeds,
  agent: string,
): Promise<{ readonly labels: readonly Labelled[]; readonly isComplete: boolean }> {
  const found = [
    await corrections(needs, agent),
    await approvals(needs, agent),
    await gates(needs, agent),
    await denials(needs, agent),
    await audited(needs, agent),
  ];
  const labels = found.flatMap((each) => each.labels).sort((a, b) => b.index - a.index);
  return { labels, isComplete: found.every(({ isComplete }) => isComplete) };
}

type Labels = { readonly labels: readonly Labelled[]; readonly isComplete: boolean };

type Placed = { readonly index: number; readonly entry: Entry };

async function entriesOf(
  { models, sequencer }: LabelNeeds,
  of: { readonly agent: string; readonly kind: string; readonly limit: number },
): Promise<{ readonly entries: readonly Placed[]; readonly isComplete: boolean }> {
  const page = await models.events(of);
  const entries: Placed[] = [];
  for (const { index } of page.rows) {
    const entry = await readEntry(sequencer, index);
    if (entry !== undefined) entries.push({ index, entry });
  }
  return { entries, isComplete: page.next === null };
}

// What is erased has no note, and its decision cannot be opened either.
async function corrections(needs: LabelNeeds, agent: string): Promise<Labels> {
  const { entries, isComplete } = await entriesOf(needs, {
    agent,
    kind: 'correction',
    limit: PAGE,
  });
  const labels: Labelled[] = [];
  for (const { index, entry } of entries) {
    const label = LABELS.find((each) => each === entry.open['label']);
    const opened = await openEntry(needs, entry);
    if (label === undefined || opened.state !== 'opened') continue;
    const { at, open } = entry;
    const said = { decision: textOf(open['decision']), by: textOf(open['by']), at, index };
    const note = textOf(opened.secret['note']);
    labels.push({ ...said, label, expect: EXPECT[label], source: 'correction', note });
  }
  return { labels, isComplete };
}

// Asking was right, whatever the person then said: that is truth about the action, not a rule.
async function approvals(needs: LabelNeeds, agent: string): Promise<Labels> {
  const limit = MOST_APPROVALS;
  const { entries, isComplete } = await entriesOf(needs, { agent, kind: 'approval', limit });
  const labels: Labelled[] = [];
  for (const { index, entry } of entries) {
    const opened = await openEntry(needs, entry);
    if (opened.state !== 'opened' || entry.session === null) continue;
    const { action, by, reason, outcome } = opened.secret;
    // Nobody decided what ran out.
    if (!Array.isArray(by) || by.length === 0) continue;
    const asked = await askedFor(needs, { agent, session: entry.session, action: textOf(action) });
    if (asked === null) continue;
    const label = outcome === 'approved' ? 'should-allow' : 'should-deny';
    labels.push({
      decision: asked.decision,
      label,
      expect: 'step_up',
      source: 'approval',
      at: entry.at,
      index,
      // Who approved is sealed with the approval; the label says by what.
      by: textOf(entry.open['id']),
      note: textOf(reason),
    });
  }
  return { labels, isComplete };
}

async function askedFor(
  needs: LabelNeeds,
  of: { readonly agent: string; readonly session: string; readonly action: string },
): Promise<DecisionRow | null> {
  const { agent, session, action } = of;
  const page = await needs.models.decisions({ agent, session, verdict: 'step_up', limit: 100 });
  for (const row of page.rows) {
    const entry = await readEntry(needs.sequencer, row.index);
    const opened = entry === undefined ? null : await openEntry(needs, entry);
    if (opened?.state !== 'opened') continue;
    const proposed = opened.secret['action'];
    if (typeof proposed === 'object' && proposed !== null && 'digest' in proposed) {
      if (proposed['digest'] === action) return row;
    }
  }
  return null;
}

async function gates(needs: LabelNeeds, agent: string): Promise<Labels> {
  const { entries, isComplete } = await entriesOf(needs, { agent, kind: 'gate', limit: PAGE });
  const labels = entries.flatMap(({ index, entry }) => {
    const { because, outcome, by, reason } = entry.open;
    const label: Label = outcome === 'opened' ? 'should-allow' : 'should-deny';
    const said = { label, expect: EXPECT[label], source: 'gate' as const, at: entry.at, index };
    const decisions = Array.isArray(because) ? because.map(textOf) : [];
    return decisions.map((decision) => {
      return { ...said, decision, by: textOf(by), note: textOf(reason) };
    });
  });
  return { labels, isComplete };
}

// A pact has no locks in its cases, so these are truth alone.
async function denials(needs: LabelNeeds, agent: string): Promise<Labels> {
  const locks = await entriesOf(needs, { agent, kind: 'lock', limit: PAGE });
  const entities = new Map(locks.entries.map(({ entry }) => [textOf(entry.open['entity']), entry]));
  const labels: Labelled[] = [];
  let { isComplete } = locks;
  for (const [entity, { open }] of entities) {
    const rule = `lock:${entity}`;
    const page = await needs.models.decisions({ agent, rule, limit: MOST_DENIALS });
    isComplete &&= page.next === null;
    for (const { decision, at, index } of page.rows) {
      const said = { decision, at, index, by: textOf(open['by']), note: textOf(open['reason']) };
      labels.push({ ...said, label: 'should-deny', expect: null, source: 'lock' });
    }
  }
  return { labels, isComplete };
}

// What a reviewer found of a drawn session; of an erased person nothing can be opened.
async function audited(needs: LabelNeeds, agent: string): Promise<Labels> {
  const kind = 'audit_judged';
  const { entries, isComplete } = await entriesOf(needs, { agent, kind, limit: PAGE });
  const labels: Labelled[] = [];
  for (const { index, entry } of entries) {
    const opened = await openEntry(needs, entry);
    const { labels: found, by } = entry.open;
    if (opened.state !== 'opened' || !Array.isArray(found)) continue;
    const said = { source: 'audit' as const, at: entry.at, index, by: textOf(by) };
    for (const each of found.filter(isJsonObject)) {
      const label = LABELS.find((known) => known === each['label']);
      const decision = textOf(each['decision']);
      if (label === undefined) continue;
      const note = noteOn(opened.secret, decision);
      labels.push({ ...said, decision, label, expect: EXPECT[label], note });
    }
  }
  return { labels, isComplete };
}

/** Returns what a reviewer wrote of a decision's claims, or else of the whole session. */
function noteOn({ claims, note }: JsonObject, decision: string): string | null {
  const own = Array.isArray(claims) ? claims.filter(isJsonObject) : [];
  const notes = own.flatMap((claim) => {
    const isOf = claim['decision'] === decision && typeof claim['note'] === 'string';
    return isOf ? [textOf(claim['note'])] : [];
  });
  if (notes.length > 0) return notes.join('; ');
  return typeof note === 'string' ? note : null;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
