import type { ReactElement } from 'react';
import { Link } from 'wouter';

import type { AttentionRow } from '../../data/attention.ts';
import { entryPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import classes from './attention.module.css';
import { SEVERITIES, TONES } from './kind-words.ts';

const MOST_LINKS = 3;

/** The columns of what waits for people. */
export const COLUMNS: readonly Column<AttentionRow>[] = [
  {
    id: 'title',
    title: 'What waits',
    value: ({ title }) => title,
    show: ({ title }) => <Visible text={title} />,
    width: 180,
    isWide: true,
  },
  {
    id: 'severity',
    title: 'Urgency',
    value: ({ severity }) => severity,
    rank: ({ severity }) => SEVERITIES.indexOf(severity),
    show: ({ severity }) => <StatePill tone={TONES[severity]}>{severity}</StatePill>,
    width: 108,
    wideFrom: 440,
    isUnder: true,
  },
  {
    id: 'agent',
    title: 'Agent',
    value: ({ agent }) => agent ?? 'all of them',
    width: 110,
    isUnder: true,
    wideFrom: 560,
  },
  {
    id: 'detail',
    title: 'What was said of it',
    value: ({ detail }) => detail,
    show: ({ detail }) => (
      <span title={detail ?? undefined}>
        <Visible text={detail ?? ''} />
      </span>
    ),
    width: 190,
    isWide: true,
    isUnder: true,
    wideFrom: 960,
  },
  {
    id: 'at',
    title: 'Since',
    value: ({ at }) => at,
    show: ({ at }) => (at === null ? '' : <Time at={at} isAgo isInRow />),
    isTime: true,
    width: 110,
    wideFrom: 700,
  },
  {
    id: 'due',
    title: 'Time left',
    value: ({ dueAt }) => dueAt,
    rank: ({ dueAt }) => dueAt ?? Number.MAX_SAFE_INTEGER,
    show: ({ dueAt }) => (dueAt === null ? '' : <Countdown until={dueAt} />),
    isTime: true,
    width: 120,
    wideFrom: 820,
  },
  {
    id: 'entries',
    title: 'Events',
    value: ({ entries }) => entries.join(' '),
    rank: ({ entries }) => entries.length,
    show: (row) => <EntryLinks row={row} />,
    width: 160,
    wideFrom: 440,
    isUnder: true,
  },
];

/** The events behind a row, the newest first: one press to each. */
function EntryLinks({ row: { entries } }: { readonly row: AttentionRow }): ReactElement {
  const newest = entries.toReversed();
  const more = newest.length - MOST_LINKS;
  return (
    <span className={classes['entries']}>
      {newest.slice(0, MOST_LINKS).map((index) => (
        <Link key={index} href={entryPlace(index)} aria-label={`Event ${index}`}>
          {index}
        </Link>
      ))}
      {more > 0 && <span title={newest.slice(MOST_LINKS).join(', ')}>+{more}</span>}
    </span>
  );
}
