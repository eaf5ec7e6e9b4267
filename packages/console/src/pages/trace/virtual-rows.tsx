import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type ReactElement,
  type ReactNode,
  type Ref,
  useEffect,
  useRef,
} from 'react';

import { joinClasses } from '../../ui/join-classes.ts';
import classes from './trace.module.css';

const ROW_PX = 46;

type VirtualRowsProps<Item> = {
  /** What the rows are, for those who hear the page. */
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string | number;
  readonly show: (item: Item, place: number) => ReactNode;
  /** The place that is scrolled to when it becomes another; -1: none. */
  readonly at?: number;
  readonly onKey?: (key: string) => boolean;
  readonly rowClass?: string | undefined;
  readonly rowStyle?: CSSProperties;
  readonly listStyle?: CSSProperties;
  /** What stands still above the rows while they scroll. */
  readonly head?: ReactNode;
  readonly box?: Ref<HTMLDivElement>;
};

/** A list of which those rows are drawn that are in sight, however many there are. */
export function VirtualRows<Item>(props: VirtualRowsProps<Item>): ReactElement {
  const { label, items, keyOf, show, at = -1, onKey, rowClass, rowStyle, listStyle, head } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    getItemKey: (place) => {
      const item = items[place];
      return item === undefined ? place : keyOf(item);
    },
    overscan: 10,
  });
  useEffect(() => {
    if (at !== -1) virtual.scrollToIndex(at, { align: 'auto' });
    // The list is scrolled when another row is chosen, not each time that it is drawn.
  }, [at, virtual]);
  return (
    <div
      className={classes['scroll']}
      ref={scroll}
      onKeyDown={(event) => {
        if (onKey?.(event.key) === true) event.preventDefault();
      }}
    >
      {head}
      <ol
        className={classes['list']}
        aria-label={label}
        style={{ height: virtual.getTotalSize(), ...listStyle }}
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className={joinClasses(classes['item'], rowClass)}
              style={{ transform: `translateY(${start}px)`, ...rowStyle }}
            >
              {show(item, index)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
