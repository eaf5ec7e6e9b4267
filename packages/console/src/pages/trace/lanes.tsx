import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useMemo, useRef } from 'react';
import { Link } from 'wouter';

import { sessionPlace } from '../../data/places.ts';
import type { Trace, TraceRow } from '../../data/traces.ts';
import { useWidth } from '../../ui/use-width.ts';
import { joinClasses } from '../../ui/join-classes.ts';
import { textAt } from './open-part.ts';
import { TimelineRow } from './timeline-row.tsx';
import classes from './trace.module.css';

const ROW_PX = 46;
const LANE_PX = 280;

type LaneItem = { readonly lane: number; readonly session: string; readonly row: TraceRow };

/** Sessions side by side, one a lane, what happened first above what happened later. */
export function Lanes({ traces }: { readonly traces: readonly Trace[] }): ReactElement {
  const items = useMemo(() => inOrder(traces), [traces]);
  const tools = useMemo(() => toolNames(items), [items]);
  const toolOf = (decision: string): string | null => tools.get(decision) ?? null;
  const box = useRef<HTMLDivElement>(null);
  const [measure, width] = useWidth();
  // Where lanes do not fit beside each other, each entry says which session it is of.
  const isStacked = width > 0 && width < traces.length * LANE_PX * 0.7;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (place) => items[place]?.row.index ?? place,
    overscan: 10,
  });
  const columns = isStacked ? 1 : traces.length;
  const grid = { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` };
  return (
    <div ref={measure}>
      <div className={classes['lane-heads']} style={grid}>
        {traces.map(({ session: { agent, session } }) => (
          <Link key={session} href={sessionPlace(session)} className={classes['lane-head'] ?? ''}>
            <strong>{agent}</strong> <code>{session.slice(0, 14)}…</code>
          </Link>
        ))}
      </div>
      <div className={classes['scroll']} ref={box}>
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
                className={joinClasses(classes['item'], classes['lanes'])}
                style={{ transform: `translateY(${start}px)`, ...grid }}
              >
                <div style={{ gridColumn: isStacked ? 1 : item.lane + 1 }}>
                  {isStacked && (
                    <span className={classes['lane-name']}>
                      {traces[item.lane]?.session.agent}, {item.session.slice(0, 14)}…
                    </span>
                  )}
                  <TimelineRow
                    item={{ kind: 'entry', key: '', at: item.row.at, row: item.row }}
                    href={sessionPlace(item.session, item.row.index)}
                    isChosen={false}
                    place={null}
                    toolOf={toolOf}
                  />
                </div>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** Everything of all sessions in the order of the log. */
function inOrder(traces: readonly Trace[]): readonly LaneItem[] {
  return traces
    .flatMap(({ session: { session }, rows }, lane) =>
      rows.map((row): LaneItem => ({ lane, session, row })),
    )
    .toSorted((one, other) => one.row.index - other.row.index);
}

function toolNames(items: readonly LaneItem[]): ReadonlyMap<string, string> {
  const tools = new Map<string, string>();
  for (const { row } of items) {
    const decision = textAt(row.open, 'decision');
    const tool = textAt(row.open, 'tool');
    if (decision !== null && tool !== null) tools.set(decision, tool);
  }
  return tools;
}
