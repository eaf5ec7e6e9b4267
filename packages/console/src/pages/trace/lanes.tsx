import { type ReactElement, useMemo, useState } from 'react';
import { Link } from 'wouter';

import { useHalts } from '../../data/halts.ts';
import { sessionPlace } from '../../data/places.ts';
import type { SessionRow, Trace, TraceRow } from '../../data/traces.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuCheck } from '../../ui/menu.tsx';
import { ErrorState, Unseen } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useWidth } from '../../ui/use-width.ts';
import { decisionNames } from './decision-names.ts';
import { type LaneStop, stopsOf } from './lane-stops.ts';
import { StopRow } from './stop-row.tsx';
import { TimelineRow } from './timeline-row.tsx';
import classes from './trace.module.css';
import { VirtualRows } from './virtual-rows.tsx';

const LANE_PX = 208;
const TIME_PX = 88;
/** Below this, lanes do not fit beside each other: each entry says which lane it is of. */
const SIDE_BY_SIDE_PX = 620;

type Lane = { readonly number: number; readonly session: SessionRow };
type LaneItem =
  | { readonly kind: 'entry'; readonly at: number; readonly lane: Lane; readonly row: TraceRow }
  | LaneStop;

/** Sessions side by side, one a lane, what happened first above what happened later. */
export function Lanes({
  room,
  traces: found,
}: {
  readonly room: string;
  readonly traces: readonly Trace[];
}): ReactElement {
  const traces = useMemo(() => found.toSorted(openedFirst), [found]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(NONE);
  const [measure, width] = useWidth();
  const isStacked = width > 0 && width < SIDE_BY_SIDE_PX;
  const lanes = useMemo(() => lanesOf(traces), [traces]);
  const shown = lanes.filter(({ session }) => !hidden.has(session.session));
  const told = useHalts();
  const halts = told.data?.rows ?? NO_HALTS;
  const items = useMemo(
    () => inOrder([...entriesOf(traces, hidden), ...stopsOf(halts, room, traces)]),
    [traces, hidden, halts, room],
  );
  const { toolOf } = useMemo(() => decisionNames(traces.flatMap(({ rows }) => rows)), [traces]);
  const columnOf = new Map(shown.map(({ number }, place) => [number, place + 2]));
  const isWide = !isStacked && shown.length > 0;
  const columns = { gridTemplateColumns: `${TIME_PX}px repeat(${shown.length}, minmax(0, 1fr))` };
  const size = { minWidth: TIME_PX + shown.length * LANE_PX };
  const toggle = (session: string): void =>
    setHidden((before) => {
      const next = new Set(before);
      if (!next.delete(session)) next.add(session);
      return next;
    });
  return (
    <div ref={measure} className={classes['lane-frame']}>
      {told.error !== null && <ErrorState error={told.error} what="what halted the room" />}
      <Chooser lanes={lanes} hidden={hidden} onToggle={toggle} />
      <VirtualRows
        label="What happened in the room"
        items={items}
        keyOf={(item) => (item.kind === 'entry' ? item.row.index : item.key)}
        onKey={goByKey}
        {...(isWide ? { rowStyle: columns, listStyle: size, rowClass: classes['lanes'] } : {})}
        head={isWide ? <Heads lanes={shown} style={{ ...columns, ...size }} /> : null}
        show={(item) => (
          <>
            {isWide && (
              <span className={classes['lane-time']}>
                <Time at={item.at} isInRow />
              </span>
            )}
            {item.kind === 'entry' ? (
              <Entry {...item} {...{ isStacked, toolOf }} column={columnOf.get(item.lane.number)} />
            ) : (
              <StopRow stop={item} isStacked={isStacked} />
            )}
          </>
        )}
      />
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();
const NO_HALTS: readonly never[] = [];

function Entry({
  lane: { number, session },
  row,
  column,
  isStacked,
  toolOf,
}: Extract<LaneItem, { readonly kind: 'entry' }> & {
  readonly column: number | undefined;
  readonly isStacked: boolean;
  readonly toolOf: (decision: string) => string | null;
}): ReactElement {
  return (
    <div style={isStacked ? undefined : { gridColumn: column }}>
      {isStacked && (
        <span className={classes['lane-name']}>
          {number} · {session.agent} · <Time at={row.at} isInRow />
        </span>
      )}
      <TimelineRow
        row={row}
        href={sessionPlace(session.session, row.index)}
        toolOf={toolOf}
        isLeaving
      />
    </div>
  );
}

/** Which of the sessions are shown; with twenty of them a reader wants some. */
function Chooser({
  lanes,
  hidden,
  onToggle,
}: {
  readonly lanes: readonly Lane[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (session: string) => void;
}): ReactElement {
  return (
    <div className={classes['line']}>
      <Menu
        trigger={
          <Button isSmall>
            Lanes: {lanes.length - hidden.size} of {lanes.length}
          </Button>
        }
      >
        {lanes.map(({ number, session: { agent, session } }) => (
          <MenuCheck key={session} isOn={!hidden.has(session)} onChange={() => onToggle(session)}>
            {number} · {agent} · {session.slice(0, 14)}…
          </MenuCheck>
        ))}
      </Menu>
      <Unseen>Arrow keys go from entry to entry.</Unseen>
    </div>
  );
}

function Heads({
  lanes,
  style,
}: {
  readonly lanes: readonly Lane[];
  readonly style: Readonly<Record<string, string | number>>;
}): ReactElement {
  return (
    <div className={classes['lane-heads']} style={style}>
      <span className={classes['lane-corner']}>Time</span>
      {lanes.map(({ number, session: { agent, session, closedAt } }) => (
        <Link key={session} href={sessionPlace(session)} className={classes['lane-head'] ?? ''}>
          <span>
            {number} · <strong>{agent}</strong>
          </span>
          <span className={classes['soft']}>
            <code>{session.slice(0, 12)}…</code> {closedAt === null ? 'open' : 'closed'}
          </span>
        </Link>
      ))}
    </div>
  );
}

/** Goes from the entry that has the focus to the one before or after. */
function goByKey(key: string): boolean {
  const step = key === 'ArrowDown' ? 'nextElementSibling' : 'previousElementSibling';
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return false;
  const own = document.activeElement?.closest('li[data-index]');
  const link = own?.[step]?.querySelector<HTMLElement>('a[data-entry]');
  if (link === null || link === undefined) return false;
  link.focus();
  return true;
}

/** What began first stands on the left, as it stands on top. */
function openedFirst({ session: one }: Trace, { session: other }: Trace): number {
  return one.openedAt - other.openedAt;
}

function lanesOf(traces: readonly Trace[]): readonly Lane[] {
  return traces.map(({ session }, place) => ({ number: place + 1, session }));
}

function entriesOf(traces: readonly Trace[], hidden: ReadonlySet<string>): readonly LaneItem[] {
  return traces.flatMap(({ session, rows }, place) => {
    const lane = { number: place + 1, session };
    if (hidden.has(session.session)) return [];
    return rows.map((row): LaneItem => ({ kind: 'entry', at: row.at, lane, row }));
  });
}

/** Everything that is shown in the order in which it happened, the log's where that is the same. */
function inOrder(items: readonly LaneItem[]): readonly LaneItem[] {
  const indexOf = (item: LaneItem): number =>
    item.kind === 'entry' ? item.row.index : (item.index ?? Infinity);
  return items.toSorted((one, other) => one.at - other.at || indexOf(one) - indexOf(other));
}
