import type { EventRow } from '../../data/log.ts';
import { Visible } from '../../ui/code-view.tsx';
import { shortId } from '../../ui/digest.tsx';
import { Verdict } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';

/** The columns of the log. */
export const COLUMNS: readonly Column<EventRow>[] = [
  {
    id: 'index',
    title: 'Entry',
    value: ({ index }) => index,
    rank: ({ index }) => index,
    width: 76,
  },
  { id: 'kind', title: 'Kind', value: ({ kind }) => kind, width: 120, isWide: true },
  {
    id: 'at',
    title: 'Recorded',
    value: ({ at }) => at,
    show: ({ at }) => <Time at={at} isInRow />,
    isTime: true,
    width: 160,
    isUnder: true,
    wideFrom: 480,
  },
  {
    id: 'agent',
    title: 'Agent',
    value: ({ agent }) => agent,
    show: ({ agent }) => agent ?? 'the node',
    width: 120,
    isWide: true,
    isUnder: true,
    wideFrom: 620,
  },
  {
    id: 'tool',
    title: 'Tool',
    value: ({ tool }) => tool,
    show: ({ tool }) => <Visible text={tool ?? ''} />,
    width: 150,
    isWide: true,
    isUnder: true,
    wideFrom: 820,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    value: ({ verdict }) => verdict,
    show: ({ verdict }) => (verdict === null ? '' : <Verdict kind={verdict} />),
    width: 130,
    isUnder: true,
    wideFrom: 720,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    value: ({ outcome }) => outcome,
    width: 100,
    wideFrom: 980,
  },
  {
    id: 'session',
    title: 'Session',
    value: ({ session }) => session,
    show: ({ session }) => <span title={session ?? undefined}>{shortId(session ?? '')}</span>,
    width: 160,
    wideFrom: 1100,
  },
  {
    id: 'decision',
    title: 'Decision',
    value: ({ decision }) => decision,
    width: 210,
    isHidden: true,
  },
];
