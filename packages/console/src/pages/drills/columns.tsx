import type { DrillStanding } from '../../data/drills.ts';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { spanText } from '../../ui/time-text.ts';
import { standingOf } from './drill-words.ts';
import { RunButton } from './run-button.tsx';

const WORST = ['overdue', 'too few holders', 'failed', 'interrupted', 'never drilled', 'running'];

/** The columns of how drills stand. */
export const COLUMNS: readonly Column<DrillStanding>[] = [
  { id: 'agent', title: 'Agent', value: ({ agent }) => agent, width: 80, isWide: true },
  {
    id: 'state',
    title: 'Drills',
    value: (row) => standingOf(row)[1],
    rank: (row) => {
      const place = WORST.indexOf(standingOf(row)[1]);
      return place === -1 ? WORST.length : place;
    },
    show: (row) => <StatePill tone={standingOf(row)[0]}>{standingOf(row)[1]}</StatePill>,
    width: 122,
  },
  {
    id: 'last',
    title: 'Last',
    value: ({ last }) => last?.startedAt ?? null,
    show: ({ last }) => (last === null ? '' : <Time at={last.startedAt} isInRow />),
    isTime: true,
    width: 170,
    isUnder: true,
    wideFrom: 620,
  },
  {
    id: 'effective',
    title: 'Halted in',
    value: ({ last }) => last?.times?.effectiveMs ?? null,
    show: ({ last }) => (last?.times == null ? '' : spanText(last.times.effectiveMs)),
    width: 100,
    wideFrom: 760,
    isNumber: true,
  },
  {
    id: 'due',
    title: 'Next due',
    value: ({ dueAt }) => dueAt,
    show: ({ dueAt }) => (dueAt === null ? 'not scheduled' : <Time at={dueAt} isInRow />),
    isTime: true,
    width: 170,
    wideFrom: 900,
  },
  {
    id: 'holders',
    title: 'May halt it',
    value: ({ holders }) => holders,
    show: ({ holders, needed }) => `${holders}, ${needed} needed`,
    width: 110,
    wideFrom: 760,
    isNumber: true,
  },
  {
    id: 'run',
    title: 'Practise',
    value: () => null,
    isAction: true,
    show: ({ agent, isRunning }) => <RunButton agent={agent} isRunning={isRunning} />,
    width: 88,
  },
];
