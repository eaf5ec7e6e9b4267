import { type ReactElement, useMemo } from 'react';
import { Link } from 'wouter';

import { MOST_ROWS } from '../../data/traces.ts';
import { ErrorState } from '../../ui/states.tsx';
import { joinClasses } from '../../ui/join-classes.ts';
import { useQueryText } from '../../ui/use-query-text.ts';
import { useWidth } from '../../ui/use-width.ts';
import { askStories } from './ask-story.ts';
import type { DecisionNames } from './decision-names.ts';
import { EntryDetail } from './entry-detail.tsx';
import { pathMarks } from './origin-path.ts';
import { Timeline } from './timeline.tsx';
import type { TimelineItem } from './timeline-items.ts';
import classes from './trace.module.css';
import { useOrigin } from './use-origin.ts';
import type { Opening } from './use-record.ts';

type SessionTimelineProps = {
  readonly items: readonly TimelineItem[];
  readonly names: DecisionNames;
  readonly opening: Opening;
  readonly isWhole: boolean;
  /** Whether everything that stands about the session is here. */
  readonly isAllAround: boolean;
  /** Why that is not known; null: it is. */
  readonly aroundError: unknown;
};

/** The timeline of a session beside the entry that is looked at. */
export function SessionTimeline(props: SessionTimelineProps): ReactElement {
  const { items, names, opening, isWhole, isAllAround, aroundError } = props;
  const [entry, setEntry] = useQueryText('entry');
  const [box, width] = useWidth();
  const isNarrow = width > 0 && width < TWO_PANES_PX;
  const origin = useOrigin(opening.record);
  const trail = origin.answer.data ?? null;
  const path = useMemo(() => pathMarks(origin.of, trail), [origin.of, trail]);
  const stories = useMemo(() => askStories(items.map(({ row }) => row)), [items]);
  const chosen = items.find((item) => isAt(item, entry));
  const { rows, session } = opening.record;
  const isMissing = chosen === undefined && entry !== '' && isWhole;
  return (
    <>
      {!isWhole && <Rest session={session} isCut={rows.length >= MOST_ROWS} />}
      {aroundError !== null && (
        <ErrorState
          error={aroundError}
          what="what halted this session, and what people said of it"
        />
      )}
      {!isAllAround && (
        <p className={classes['soft']}>
          The agent’s chain is longer than what is looked through here: of what is about this
          session, the first is shown.
        </p>
      )}
      {isMissing && (
        <p role="status">
          Entry {entry} is not of this session.{' '}
          <Link href={`/evidence/${encodeURIComponent(entry)}`}>Look it up in the evidence</Link>
        </p>
      )}
      <div className={joinClasses(classes['panes'], isNarrow && classes['narrow'])} ref={box}>
        {(!isNarrow || chosen === undefined) && (
          <Timeline
            items={items}
            chosen={chosen?.row.index ?? null}
            onChoose={(index) => setEntry(String(index))}
            path={path}
            hrefOf={origin.hrefOf}
            toolOf={names.toolOf}
          />
        )}
        {chosen === undefined && !isNarrow && (
          <p className={classes['none']}>Choose an entry to see what it held and why.</p>
        )}
        {chosen !== undefined && (
          <EntryDetail
            key={chosen.row.index}
            {...chosen}
            {...names}
            isAlone={isNarrow}
            opening={opening}
            origin={origin}
            story={stories.get(chosen.row.index) ?? null}
          />
        )}
      </div>
    </>
  );
}

function isAt({ row, same }: TimelineItem, entry: string): boolean {
  return String(row.index) === entry || same.some((index) => String(index) === entry);
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
