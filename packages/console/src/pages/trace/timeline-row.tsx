import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { haltPlace } from '../../data/places.ts';
import type { TraceRow } from '../../data/traces.ts';
import { Visible } from '../../ui/code-view.tsx';
import { targetText } from '../../ui/halt/halt-words.ts';
import { StatePill, TrustLabel, Verdict } from '../../ui/marks.tsx';
import { Time } from '../../ui/time.tsx';
import { entryWords } from './entry-words.ts';
import { textAt } from './open-part.ts';
import type { TimelineItem } from './timeline-items.ts';
import classes from './trace.module.css';
import { TRUST_WORDS, trustOf } from './trust-words.ts';
import type { FoundPlace } from './worker/find-places.ts';

const MOST_SHOWN = 160;

/** One thing that happened: when, what, and how it was judged or trusted. */
export function TimelineRow({
  item,
  href,
  isChosen,
  place,
  toolOf,
}: {
  readonly item: TimelineItem;
  readonly href: string | null;
  readonly isChosen: boolean;
  readonly place: FoundPlace | null;
  readonly toolOf: (decision: string) => string | null;
}): ReactElement {
  if (item.kind === 'halt') {
    const { halt, agent, scope, target, reason } = item.halt;
    return (
      <Row at={item.at} href={haltPlace(halt)} rail="halt">
        <Words title={`Halted: ${targetText({ agent, scope, target })}`} more={reason} />
        <StatePill tone="danger">halt</StatePill>
      </Row>
    );
  }
  const { row } = item;
  return (
    <Row
      at={item.at}
      href={href ?? ''}
      rail={railOf(row)}
      entry={row.index}
      isChosen={isChosen}
      isPlace={place !== null}
    >
      <Words {...entryWords(row, toolOf)} />
      {place === null ? (
        <Marks row={row} />
      ) : (
        <TrustLabel trust={place.trust}>stands here, {TRUST_WORDS[place.trust]}</TrustLabel>
      )}
    </Row>
  );
}

function Row({
  at,
  href,
  rail,
  entry,
  isChosen = false,
  isPlace = false,
  children,
}: {
  readonly at: number;
  readonly href: string;
  readonly rail: string;
  readonly entry?: number;
  readonly isChosen?: boolean;
  readonly isPlace?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Link
      href={href}
      replace={entry !== undefined}
      className={classes['row'] ?? ''}
      data-rail={rail}
      data-entry={entry}
      data-place={isPlace ? '' : undefined}
      aria-current={isChosen ? 'true' : undefined}
    >
      <span className={classes['when']}>
        <Time at={at} isInRow />
      </span>
      {children}
    </Link>
  );
}

function Words({ title, more }: { readonly title: string; readonly more: string }): ReactElement {
  return (
    <span className={classes['words']}>
      <span className={classes['title']}>
        <Visible text={title} />
      </span>
      {more !== '' && (
        <span className={classes['more']}>
          <Visible text={more.slice(0, MOST_SHOWN)} />
        </span>
      )}
    </span>
  );
}

function Marks({ row }: { readonly row: TraceRow }): ReactNode {
  const verdict = row.kind === 'decided' ? textAt(row.open, 'verdict') : null;
  if (verdict !== null) return <Verdict kind={verdict} />;
  const trust = trustOf(row);
  if (trust !== null) return <TrustLabel trust={trust}>{TRUST_WORDS[trust]}</TrustLabel>;
  if (row.sealed === 'erased') return <StatePill tone="plain">erased</StatePill>;
  return null;
}

/** What the rail at the edge of a row shows beside what its words say. */
function railOf(row: TraceRow): string {
  if (row.kind === 'decided') return `verdict-${textAt(row.open, 'verdict') ?? ''}`;
  return trustOf(row) ?? 'none';
}
