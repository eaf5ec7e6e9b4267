import type { FleetAgent } from '../../data/fleet.ts';
import { Visible } from '../../ui/code-view.tsx';
import { HaltButton, ResumeButton } from '../../ui/halt/halt-button.tsx';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { counted, stateOf, STATES, TONES, waitingOf, waitsText } from '../../ui/agent-state.ts';

/** The columns of the fleet. */
export const COLUMNS: readonly Column<FleetAgent>[] = [
  { id: 'agent', title: 'Agent', value: ({ agent }) => agent, width: 90, isWide: true },
  {
    id: 'state',
    title: 'State',
    value: stateOf,
    rank: (agent) => STATES.indexOf(stateOf(agent)),
    show: (agent) => <StatePill tone={TONES[stateOf(agent)]}>{stateOf(agent)}</StatePill>,
    width: 120,
  },
  // Whoever is called because something stands still looks for why first.
  {
    id: 'why',
    title: 'Halted because',
    value: ({ halts }) => halts[0]?.reason ?? null,
    show: ({ halts }) => (
      <span title={halts[0]?.reason}>
        <Visible text={halts[0]?.reason ?? ''} />
      </span>
    ),
    width: 190,
    isUnder: true,
    isWide: true,
    wideFrom: 560,
  },
  {
    id: 'waits',
    title: 'Waits for people',
    value: waitsText,
    rank: (agent) => -waitingOf(agent),
    width: 136,
    isUnder: true,
    wideFrom: 700,
  },
  {
    id: 'refused',
    title: 'Refused, last hour',
    value: ({ refusals }) => refusals,
    show: ({ refusals, decisions }) => (decisions === 0 ? '' : `${refusals} of ${decisions}`),
    width: 134,
    wideFrom: 830,
    isNumber: true,
  },
  {
    id: 'autonomy',
    title: 'Autonomy',
    value: ({ autonomy }) => autonomy,
    show: ({ autonomy }) => AUTONOMY[autonomy ?? 0],
    width: 136,
    wideFrom: 1300,
  },
  {
    id: 'points',
    title: 'Enforcement',
    value: ({ leases }) => (leases.length === 0 ? 'at the daemon' : leases.join(', ')),
    show: ({ leases }) =>
      leases.length === 0 ? 'at the daemon' : <Visible text={leases.join(', ')} />,
    width: 130,
    wideFrom: 1170,
  },
  {
    id: 'around',
    title: 'Goes around',
    value: ({ bypasses }) => bypasses,
    show: ({ bypasses }) =>
      bypasses === 0 ? '' : <StatePill tone="danger">{counted(bypasses, 'way')}</StatePill>,
    width: 106,
    wideFrom: 1040,
    isNumber: true,
  },
  {
    id: 'last',
    title: 'Last decision',
    value: ({ lastAt }) => lastAt,
    show: ({ lastAt }) => (lastAt === null ? 'none' : <Time at={lastAt} isAgo isInRow />),
    isTime: true,
    width: 112,
    wideFrom: 935,
    isNumber: true,
  },
  {
    id: 'pact',
    title: 'Pact',
    value: ({ pact }) => pact,
    width: 130,
    isHidden: true,
  },
  {
    id: 'sessions',
    title: 'Open sessions',
    value: ({ openSessions }) => openSessions,
    width: 110,
    isHidden: true,
    isNumber: true,
  },
  {
    id: 'action',
    title: 'Stop',
    value: () => null,
    isAction: true,
    show: (agent) => <AgentAction agent={agent} />,
    width: 82,
  },
];

const AUTONOMY: readonly string[] = ['', '1 reads only', '2 limited writes', '3 high impact'];

function AgentAction({ agent: { agent, halts } }: { readonly agent: FleetAgent }) {
  const isHalted = halts.some(({ scope }) => scope === 'agent');
  const target = { agent, scope: 'agent', target: null } as const;
  return isHalted ? (
    <ResumeButton target={target} isSmall />
  ) : (
    <HaltButton target={target} isSmall />
  );
}
