import type { FleetAgent } from '../../data/fleet.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { HaltButton, ResumeButton } from '../../ui/halt/halt-button.tsx';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { stateOf, STATES, TONES } from './agent-state.ts';

/** The columns of the fleet. */
export const COLUMNS: readonly Column<FleetAgent>[] = [
  { id: 'agent', title: 'Agent', value: ({ agent }) => agent, width: 122 },
  {
    id: 'state',
    title: 'State',
    value: stateOf,
    rank: (agent) => STATES.indexOf(stateOf(agent)),
    show: (agent) => <StatePill tone={TONES[stateOf(agent)]}>{stateOf(agent)}</StatePill>,
    width: 104,
  },
  {
    id: 'why',
    title: 'Halted because',
    value: ({ halts }) => halts[0]?.reason ?? null,
    show: ({ halts }) => <Visible text={halts[0]?.reason ?? ''} />,
    width: 220,
    wideFrom: 900,
  },
  {
    id: 'waiting',
    title: 'Waiting',
    value: ({ waiting }) => waiting,
    width: 90,
    wideFrom: 520,
    isNumber: true,
  },
  {
    id: 'sessions',
    title: 'Sessions',
    value: ({ openSessions }) => openSessions,
    width: 90,
    wideFrom: 700,
    isNumber: true,
  },
  {
    id: 'inFlight',
    title: 'Under way',
    value: ({ inFlight }) => inFlight,
    width: 100,
    wideFrom: 700,
    isNumber: true,
  },
  {
    id: 'pact',
    title: 'Pact',
    value: ({ pact }) => pact,
    show: ({ pact }) => (pact === null ? 'none' : <Digest of={pact} what="digest of the pact" />),
    width: 130,
    wideFrom: 900,
  },
  {
    id: 'action',
    title: 'Stop',
    value: () => null,
    show: (agent) => <AgentAction agent={agent} />,
    width: 72,
  },
];

function AgentAction({ agent: { agent, halts } }: { readonly agent: FleetAgent }) {
  const isHalted = halts.some(({ scope }) => scope === 'agent');
  const target = { agent, scope: 'agent', target: null } as const;
  return isHalted ? (
    <ResumeButton target={target} isSmall />
  ) : (
    <HaltButton target={target} isSmall />
  );
}
