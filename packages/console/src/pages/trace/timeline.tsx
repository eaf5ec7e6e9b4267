import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';

import { sessionPlace } from '../../data/places.ts';
import { Unseen } from '../../ui/states.tsx';
import type { FoundPlace } from './worker/find-places.ts';
import { TimelineRow } from './timeline-row.tsx';
import type { TimelineItem } from './timeline-items.ts';
import classes from './trace.module.css';

const ROW_PX = 46;

type TimelineProps = {
  readonly session: string;
  readonly items: readonly TimelineItem[];
  /** The entry that is looked at; null: none. */
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
  /** Where the value stands whose origin is looked for. */
  readonly places: readonly FoundPlace[];
  readonly toolOf: (decision: string) => string | null;
};

/** Everything of a session from its first entry on: those in sight, however many there are. */
export function Timeline(props: TimelineProps): ReactElement {
  const { session, items, chosen, onChoose, places, toolOf } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (place) => items[place]?.key ?? place,
    overscan: 10,
  });
  const at = items.findIndex((item) => item.kind === 'entry' && item.row.index === chosen);
  useEffect(() => {
    if (at !== -1) virtual.scrollToIndex(at, { align: 'auto' });
    // The list is scrolled when another entry is chosen, not each time that it is drawn.
  }, [at, virtual]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = step === 0 ? null : entryAfter(items, at, step);
    if (next === null) return;
    event.preventDefault();
    onChoose(next);
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`[data-entry="${next}"]`)?.focus();
    });
  };
  return (
    <div className={classes['scroll']} ref={box} onKeyDown={onKeyDown}>
      <Unseen>Arrow keys go from entry to entry.</Unseen>
      <ol className={classes['list']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className={classes['item']}
              style={{ transform: `translateY(${start}px)` }}
            >
              <TimelineRow
                item={item}
                href={item.kind === 'entry' ? sessionPlace(session, item.row.index) : null}
                isChosen={index === at}
                place={placeOf(item, places)}
                toolOf={toolOf}
              />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function placeOf(item: TimelineItem, places: readonly FoundPlace[]): FoundPlace | null {
  if (item.kind !== 'entry') return null;
  return places.find(({ index }) => index === item.row.index) ?? null;
}

/** The next entry up or down; halts between entries lead elsewhere and are stepped over. */
function entryAfter(items: readonly TimelineItem[], from: number, step: number): number | null {
  for (let place = from + step; place >= 0 && place < items.length; place += step) {
    const item = items[place];
    if (item?.kind === 'entry') return item.row.index;
  }
  return null;
}
