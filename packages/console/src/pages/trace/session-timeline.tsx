import { type ReactElement, useMemo } from 'react';
import { Link } from 'wouter';

import type { Halt } from '../../data/halts.ts';
import { MOST_ROWS, type SessionRow } from '../../data/traces.ts';
import { joinClasses } from '../../ui/join-classes.ts';
import { useQueryText } from '../../ui/use-query-text.ts';
import { useWidth } from '../../ui/use-width.ts';
import { EntryDetail } from './entry-detail.tsx';
import { textAt } from './open-part.ts';
import { Timeline } from './timeline.tsx';
import { timelineItems } from './timeline-items.ts';
import classes from './trace.module.css';
import { useOrigin } from './use-origin.ts';
import type { Opening } from './use-record.ts';

/** The timeline of a session beside the entry that is looked at. */
export function SessionTimeline({
  session,
  halts,
  opening,
  isWhole,
}: {
  readonly session: SessionRow;
  readonly halts: readonly Halt[];
  readonly opening: Opening;
  readonly isWhole: boolean;
}): ReactElement {
  const [entry, setEntry] = useQueryText('entry');
  const [box, width] = useWidth();
  const isNarrow = width > 0 && width < TWO_PANES_PX;
  const origin = useOrigin(opening.record);
  const { rows } = opening.record;
  const items = useMemo(() => timelineItems(session, rows, halts), [session, rows, halts]);
  const names = useMemo(() => decisionNames(rows), [rows]);
  const chosen = rows.find(({ index }) => String(index) === entry);
  const toolOf = (decision: string): string | null => names.tools.get(decision) ?? null;
  return (
    <>
      {!isWhole && <Rest session={session.session} isCut={rows.length >= MOST_ROWS} />}
      <div className={joinClasses(classes['panes'], isNarrow && classes['narrow'])} ref={box}>
        {(!isNarrow || chosen === undefined) && (
          <Timeline
            session={session.session}
            items={items}
            chosen={chosen?.index ?? null}
            onChoose={(index) => setEntry(String(index))}
            places={origin.answer.data ?? NOWHERE}
            toolOf={toolOf}
          />
        )}
        {chosen === undefined && !isNarrow && (
          <p className={classes['none']}>Choose an entry to see what it held and why.</p>
        )}
        {chosen !== undefined && (
          <EntryDetail
            key={chosen.index}
            row={chosen}
            isAlone={isNarrow}
            opening={opening}
            origin={origin}
            toolOf={toolOf}
            outcomeOf={(decision) => names.outcomes.get(decision) ?? null}
          />
        )}
      </div>
    </>
  );
}

/** A session that is longer than what is here: the rest is on its way, or is in the evidence. */
function Rest({
  session,
  isCut,
}: {
  readonly session: string;
  readonly isCut: boolean;
}): ReactElement {
  if (!isCut) return <p className={classes['soft']}>Loading the rest of a long session…</p>;
  return (
    <p role="status">
      These are its first {MOST_ROWS.toLocaleString('en')} entries.{' '}
      <Link href={`/evidence?session=${encodeURIComponent(session)}`}>The evidence</Link> lists all.
    </p>
  );
}

const TWO_PANES_PX = 860;
const NOWHERE: readonly never[] = [];

type DecisionNames = {
  readonly tools: ReadonlyMap<string, string>;
  readonly outcomes: ReadonlyMap<string, number>;
};

/** Which tool each decision is about, and which entry tells what became of it. */
function decisionNames(rows: Opening['record']['rows']): DecisionNames {
  const tools = new Map<string, string>();
  const outcomes = new Map<string, number>();
  for (const { index, kind, open, secret, source } of rows) {
    const decision = textAt(open, 'decision');
    if (decision === null) continue;
    const action: unknown = Reflect.get(Object(secret), 'action');
    const tool = textAt(action, 'tool') ?? textAt(open, 'tool') ?? source?.tool ?? null;
    if (kind === 'decided' && tool !== null) tools.set(decision, tool);
    if (kind === 'outcome') outcomes.set(decision, index);
  }
  return { tools, outcomes };
}
