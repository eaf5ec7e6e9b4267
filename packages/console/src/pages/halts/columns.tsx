import type { Halt } from '../../data/halts.ts';
import { Visible } from '../../ui/code-view.tsx';
import { targetText } from '../../ui/halt/halt-words.ts';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { spanText } from '../../ui/time-text.ts';
import { stageOf, TONES } from './stage.ts';

/** The columns of the halts. */
export const COLUMNS: readonly Column<Halt>[] = [
  {
    id: 'what',
    title: 'What is halted',
    value: targetText,
    show: (halt) => <Visible text={targetText(halt)} />,
    width: 140,
    isWide: true,
  },
  {
    id: 'stage',
    title: 'State',
    value: stageOf,
    show: (halt) => <StatePill tone={TONES[stageOf(halt)]}>{stageOf(halt)}</StatePill>,
    width: 110,
  },
  {
    id: 'reason',
    title: 'Why',
    value: ({ reason }) => reason,
    show: ({ reason }) => <Visible text={reason} />,
    width: 240,
    isWide: true,
    isUnder: true,
    wideFrom: 560,
  },
  {
    id: 'by',
    title: 'By',
    value: ({ by, byName }) => byName ?? by,
    show: ({ by, byName }) => <Visible text={byName ?? by} />,
    width: 150,
    wideFrom: 860,
  },
  {
    id: 'at',
    title: 'Since',
    value: ({ latchedAt }) => latchedAt,
    show: ({ latchedAt }) => <Time at={latchedAt} isInRow />,
    isTime: true,
    width: 160,
    isUnder: true,
    wideFrom: 700,
  },
  {
    id: 'effective',
    title: 'Effective in',
    value: ({ effectiveMs }) => effectiveMs,
    show: ({ effectiveMs }) => (effectiveMs === null ? 'not yet' : spanText(effectiveMs)),
    width: 110,
    wideFrom: 700,
    isNumber: true,
  },
];
