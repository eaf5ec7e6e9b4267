import type { ApprovalRow } from '../../data/approvals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { kindWord, quorumText, stateWords, whatText } from './ask-words.ts';

const WHAT: Column<ApprovalRow> = {
  id: 'what',
  title: 'What',
  value: whatText,
  show: (row) => <Visible text={whatText(row)} />,
  width: 140,
  isWide: true,
};
const AGENT: Column<ApprovalRow> = {
  id: 'agent',
  title: 'Agent',
  value: ({ agent }) => agent,
  width: 120,
  isUnder: true,
  wideFrom: 440,
};
const KIND: Column<ApprovalRow> = {
  id: 'kind',
  title: 'Kind',
  value: kindWord,
  width: 80,
  isUnder: true,
  wideFrom: 620,
};
const ASKED: Column<ApprovalRow> = {
  id: 'asked',
  title: 'Asked',
  value: askedAt,
  show: (row) => {
    const at = askedAt(row);
    return at === null ? '' : <Time at={at} isInRow />;
  },
  isTime: true,
  width: 170,
  wideFrom: 760,
};

/** The columns of what waits. */
export const WAITING_COLUMNS: readonly Column<ApprovalRow>[] = [
  WHAT,
  AGENT,
  KIND,
  {
    id: 'left',
    title: 'Time left',
    value: (row) => ('expiresAtMs' in row ? row.expiresAtMs : null),
    rank: (row) => ('expiresAtMs' in row ? row.expiresAtMs : Number.MAX_SAFE_INTEGER),
    show: (row) => ('expiresAtMs' in row ? <Countdown until={row.expiresAtMs} /> : 'no limit'),
    isTime: true,
    width: 110,
  },
  {
    id: 'quorum',
    title: 'Approved',
    value: (row) => (row.kind === 'action' ? quorumText(row) : null),
    width: 96,
    wideFrom: 620,
  },
  {
    id: 'whom',
    title: 'Whom it asks',
    value: whomText,
    show: (row) => <Visible text={whomText(row) ?? ''} />,
    width: 190,
    isWide: true,
    wideFrom: 980,
  },
  ASKED,
];

/** The columns of what was decided on. */
export const DECIDED_COLUMNS: readonly Column<ApprovalRow>[] = [
  WHAT,
  AGENT,
  {
    id: 'state',
    title: 'What came of it',
    value: ({ state }) => stateWords(state)[1],
    show: ({ state }) => <StatePill tone={stateWords(state)[0]}>{stateWords(state)[1]}</StatePill>,
    width: 130,
  },
  {
    id: 'ended',
    title: 'Ended',
    value: endedAt,
    show: (row) => {
      const at = endedAt(row);
      return at === null ? '' : <Time at={at} isInRow />;
    },
    isTime: true,
    width: 170,
    isUnder: true,
    wideFrom: 620,
  },
  ASKED,
];

function askedAt(row: ApprovalRow): number | null {
  return row.kind === 'gate' ? null : row.askedAt;
}

function endedAt(row: ApprovalRow): number | null {
  return row.kind === 'action' ? row.endedAt : null;
}

function whomText(row: ApprovalRow): string | null {
  if (row.kind !== 'action') return null;
  return [...new Set(row.requirements.flatMap(({ approvers }) => approvers))].join(', ');
}
