import { type AuditBook, type DrawnAudit, figuresOf, type RunningAudit } from '@plumbline/core';

import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { ShownAudit, ShownFigures } from './audits.ts';

/** Returns every audit that is remembered: running, waiting to be drawn from, and drawn ones. */
export function shownAudits(book: AuditBook, agent: string | null): readonly ShownAudit[] {
  const isNamed = (each: { readonly agent: string }): boolean =>
    agent === null || each.agent === agent;
  return [
    ...book
      .running()
      .filter(isNamed)
      .map((each) => gathering(each, 'running', null)),
    ...book
      .undrawn()
      .filter(isNamed)
      .map((each) => gathering(each, 'undrawn', each)),
    ...book.drawn(agent).map((each) => shownDrawn(book, each)),
  ];
}

function gathering(
  { audit, agent, begunAt, dueAt, rule, sessions, leftOut }: RunningAudit,
  state: 'running' | 'undrawn',
  ended: { readonly endedAt: number; readonly raise: string | null } | null,
): ShownAudit {
  return {
    audit,
    agent,
    state,
    begunAt,
    endedAt: ended?.endedAt ?? null,
    dueAt: ended === null ? dueAt : null,
    rate: rule.rate,
    percent: null,
    raised: null,
    reason: ended?.raise ?? null,
    sessions: sessions.length,
    leftOut,
    drawn: 0,
    judged: 0,
    erased: 0,
    complaint: null,
    entries: [],
  };
}

function shownDrawn(book: AuditBook, drawn: DrawnAudit): ShownAudit {
  const { audit, agent, begunAt, endedAt, rule, percent, raised, raise, leftOut } = drawn;
  const { items, strata, complaint } = drawn;
  const open = items.filter(({ judgement }) => judgement === null);
  const about = { audit, agent, begunAt, endedAt, percent, raised, leftOut, complaint };
  return {
    ...about,
    state: 'drawn',
    dueAt: null,
    rate: rule.rate,
    reason: raise,
    sessions: strata.reduce((sum, { count }) => sum + count, 0),
    drawn: items.length,
    judged: items.length - open.length,
    erased: open.filter((item) => book.isErased(item)).length,
    entries: entriesOf(drawn),
  };
}

const MOST_ENTRIES = 10;

function entriesOf({ index, items }: DrawnAudit): readonly number[] {
  const judged = items.flatMap(({ judgement }) => (judgement === null ? [] : judgement.index));
  return [index, ...judged.sort((one, other) => one - other).slice(1 - MOST_ENTRIES)];
}

/**
 * Returns what a drawn audit comes to. While anything waits for a reviewer it is refused unless
 * asked for as it stands: what is still to be judged could be told from what was.
 */
export function shownFigures(
  book: AuditBook,
  { audit, isPartial }: { readonly audit: string; readonly isPartial: boolean },
): Served<ShownFigures> {
  const drawn = book.drawn(null).find((each) => each.audit === audit);
  if (drawn === undefined) return refused('not-found', `no audit \`${audit}\` was drawn`);
  const waiting = drawn.items.filter((item) => item.judgement === null && !book.isErased(item));
  if (waiting.length > 0 && !isPartial) {
    const many = `${waiting.length} of ${drawn.items.length} drawn sessions`;
    return refused('conflict', `${many} of \`${audit}\` wait for a reviewer: judge them first`);
  }
  const { agent, begunAt, endedAt } = drawn;
  const figures = figuresOf(drawn, (item) => book.isErased(item));
  return served({ ...figures, audit, agent, begunAt, endedAt });
}
