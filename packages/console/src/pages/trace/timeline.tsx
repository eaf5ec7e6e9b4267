import type { ReactElement } from 'react';

import { Unseen } from '../../ui/states.tsx';
import type { PathMark } from './origin-path.ts';
import { TimelineRow } from './timeline-row.tsx';
import type { TimelineItem } from './timeline-items.ts';
import { VirtualRows } from './virtual-rows.tsx';

type TimelineProps = {
  readonly items: readonly TimelineItem[];
  /** The entry that is looked at; null: none. */
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
  /** What stands on the way of the value whose origin is looked for, by its entry. */
  readonly path: ReadonlyMap<number, PathMark>;
  readonly hrefOf: (index: number) => string;
  readonly toolOf: (decision: string) => string | null;
};

/** Everything of a session from its first entry on: those in sight, however many there are. */
export function Timeline(props: TimelineProps): ReactElement {
  const { items, chosen, onChoose, path, hrefOf, toolOf } = props;
  const at = items.findIndex(({ row }) => row.index === chosen);
  const onKey = (key: string): boolean => {
    const next = items[placeAfter(key, at, items.length)]?.row.index;
    if (next === undefined) return false;
    onChoose(next);
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>(`[data-entry="${next}"]`)?.focus();
    });
    return true;
  };
  return (
    <div>
      <Unseen>Arrow keys go from entry to entry, Home and End to the first and the last.</Unseen>
      <VirtualRows
        label="Timeline"
        items={items}
        keyOf={({ row }) => row.index}
        at={at}
        onKey={onKey}
        show={({ row, isAround, same }, place) => (
          <TimelineRow
            row={row}
            isAround={isAround}
            times={same.length + 1}
            href={hrefOf(row.index)}
            isChosen={place === at}
            mark={path.get(row.index) ?? null}
            toolOf={toolOf}
          />
        )}
      />
    </div>
  );
}

const PAGE = 10;

/** Where a key leads from a place; -1: nowhere. */
function placeAfter(key: string, at: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at - 1;
    case 'PageDown':
      return Math.min(at + PAGE, count - 1);
    case 'PageUp':
      return Math.max(at - PAGE, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}
