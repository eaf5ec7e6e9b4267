import { memo, type MemoExoticComponent, type ReactElement, type ReactNode } from 'react';
import { Link } from 'wouter';

import type { TraceRow } from '../../data/traces.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, type Tone, TrustLabel, Verdict } from '../../ui/marks.tsx';
import { Time } from '../../ui/time.tsx';
import { entryWords } from './entry-words.ts';
import { textAt } from './open-part.ts';
import type { PathMark } from './origin-path.ts';
import type { EntryWords } from './saying.ts';
import classes from './trace.module.css';
import { TRUST_WORDS, trustOf } from './trust-words.ts';

const MOST_SHOWN = 160;

type TimelineRowProps = {
  readonly row: TraceRow;
  /** Whether it stands about the session, in the chain of its agent. */
  readonly isAround?: boolean;
  /** How many entries in a row say the same. */
  readonly times?: number;
  readonly href: string;
  readonly isChosen?: boolean;
  /** How it stands on the way of the value whose origin is looked for. */
  readonly mark?: PathMark | null;
  readonly toolOf: (decision: string) => string | null;
  /** Whether it leads to another page, which going back comes back from. */
  readonly isLeaving?: boolean;
};

/**
 * One thing that happened: when, what, and how it was judged or trusted. What is in sight already
 * is not drawn again while a long list is scrolled.
 */
export const TimelineRow: MemoExoticComponent<(props: TimelineRowProps) => ReactElement> =
  memo(DrawnRow);

function DrawnRow({
  row,
  isAround = false,
  times = 1,
  href,
  isChosen = false,
  mark = null,
  toolOf,
  isLeaving = false,
}: TimelineRowProps): ReactElement {
  return (
    <Link
      href={href}
      replace={!isLeaving}
      className={classes['row'] ?? ''}
      data-lane={isLeaving ? '' : undefined}
      data-rail={railOf(row)}
      data-entry={row.index}
      data-around={isAround ? '' : undefined}
      data-place={mark?.kind}
      aria-current={isChosen ? 'true' : undefined}
    >
      <span className={classes['when']}>
        <Time at={row.at} isInRow />
      </span>
      <Words {...timesOf(entryWords(row, toolOf), times)} />
      {mark === null ? <Marks row={row} /> : <WayMark mark={mark} />}
    </Link>
  );
}

/** What a row is on the way of a value: its step, counted back from where it was asked for. */
function WayMark({ mark }: { readonly mark: PathMark }): ReactElement {
  if (mark.kind === 'place') {
    return <TrustLabel trust={mark.trust}>stands here, {TRUST_WORDS[mark.trust]}</TrustLabel>;
  }
  return (
    <StatePill tone={mark.kind === 'start' ? 'accent' : 'plain'}>
      {mark.kind === 'start' ? 'asked for here' : 'on its way'}
    </StatePill>
  );
}

function timesOf({ title, more }: EntryWords, times: number): EntryWords {
  return { title: times === 1 ? title : `${title}, ${times} times`, more };
}

function Words({ title, more }: EntryWords): ReactElement {
  return (
    <span className={classes['words']}>
      <span className={classes['title']}>
        <Visible text={title.slice(0, MOST_SHOWN)} />
      </span>
      {more !== '' && (
        <span className={classes['more']}>
          <Visible text={more.slice(0, MOST_SHOWN)} />
        </span>
      )}
    </span>
  );
}

const PILLS: Readonly<Record<string, readonly [Tone, string]>> = {
  halt: ['danger', 'halt'],
  resume: ['good', 'resume'],
  lock: ['danger', 'lock'],
  alert: ['danger', 'alert'],
  finding: ['warn', 'finding'],
  tool_refused: ['danger', 'refused'],
};

function Marks({ row }: { readonly row: TraceRow }): ReactNode {
  const verdict = row.kind === 'decided' ? textAt(row.open, 'verdict') : null;
  if (verdict !== null) return <Verdict kind={verdict} />;
  const trust = trustOf(row);
  if (trust !== null) return <TrustLabel trust={trust}>{TRUST_WORDS[trust]}</TrustLabel>;
  const pill = PILLS[row.kind];
  if (pill !== undefined) return <StatePill tone={pill[0]}>{pill[1]}</StatePill>;
  if (row.sealed === 'erased') return <StatePill tone="plain">erased</StatePill>;
  return null;
}

/** What the rail at the edge of a row shows beside what its words say. */
function railOf(row: TraceRow): string {
  if (row.kind === 'decided') return `verdict-${textAt(row.open, 'verdict') ?? ''}`;
  if (row.kind === 'halt' || row.kind === 'lock') return 'halt';
  return trustOf(row) ?? 'none';
}
