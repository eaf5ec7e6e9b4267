import { lazy, type ReactElement, Suspense } from 'react';
import { Link, useLocation, useParams } from 'wouter';

import { type FleetAgent, useFleetAgent } from '../../data/fleet.ts';
import { agentPlace } from '../../data/places.ts';
import { useStaging } from '../../data/staging.ts';
import { stateOf, TONES, waitsText } from '../../ui/agent-state.ts';
import { HaltButton, ResumeButton } from '../../ui/halt/halt-button.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState, LoadState } from '../../ui/states.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { ActionsTab } from './actions-tab.tsx';
import { HaltWords } from './halt-words.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SessionsTab } from './sessions-tab.tsx';
import { StagingTab } from './staging-tab.tsx';
import { ToolsTab } from './tools-tab.tsx';
import { VersionsTab } from './versions-tab.tsx';

/** One agent: what it may do, what it does, and the button that stops it. */
export function AgentPage(): ReactElement {
  const { agent = '' } = useParams();
  const answer = useFleetAgent(agent);
  const found = answer.data ?? null;
  return (
    <Page
      title={agent}
      lead={found === null ? undefined : <Standing agent={found} />}
      actions={found === null ? undefined : <Stop agent={found} />}
    >
      <Answered answer={answer} what="the agent">
        {(known) => (known === null ? <NoAgent /> : <AgentTabs key={agent} agent={known} />)}
      </Answered>
    </Page>
  );
}

function Standing({ agent }: { readonly agent: FleetAgent }): ReactElement {
  const { halts, openSessions, inFlight, pact, shadow } = agent;
  const state = stateOf(agent);
  const waits = waitsText(agent);
  const said = [
    `${openSessions} open ${openSessions === 1 ? 'session' : 'sessions'}`,
    ...(inFlight === 0 ? [] : [`${inFlight} in flight`]),
    ...(waits === '' ? [] : [`${waits} waiting`]),
    ...(pact === null ? ['no pact is armed'] : []),
    ...(shadow === null ? [] : ['another pact runs in its shadow']),
  ];
  return (
    <>
      <StatePill tone={TONES[state]}>{state}</StatePill> {said.join(', ')}.
      {halts[0] !== undefined && <HaltWords agent={agent.agent} reason={halts[0].reason} />}
    </>
  );
}

function Stop({ agent: { agent, halts } }: { readonly agent: FleetAgent }): ReactElement {
  const target = { agent, scope: 'agent', target: null } as const;
  const isHalted = halts.some(({ scope }) => scope === 'agent');
  return isHalted ? <ResumeButton target={target} /> : <HaltButton target={target} />;
}

function NoAgent(): ReactElement {
  return (
    <EmptyState title="No agent of this name">
      It is not added, or not yours to see. <Link href="/">The fleet</Link> lists those you see.
    </EmptyState>
  );
}

const FIRST = 'overview';

// The editor is loaded by whoever opens the pact.
const PactTab = lazy(async () => ({ default: (await import('./pact/pact-tab.tsx')).PactTab }));

function AgentTabs({ agent }: { readonly agent: FleetAgent }): ReactElement {
  const name = agent.agent;
  const { tab = FIRST } = useParams();
  const [, navigate] = useLocation();
  const isStaged = (useStaging(name).data ?? null) !== null;
  const tabs: readonly Tab[] = [
    { id: FIRST, title: 'Overview', show: () => <OverviewTab agent={agent} /> },
    {
      id: 'pact',
      title: 'Pact',
      show: () => (
        <Suspense fallback={<LoadState what="the editor" />}>
          <PactTab agent={name} />
        </Suspense>
      ),
    },
    { id: 'actions', title: 'Actions', show: () => <ActionsTab agent={name} /> },
    { id: 'tools', title: 'Tools', show: () => <ToolsTab agent={name} /> },
    { id: 'sessions', title: 'Sessions', show: () => <SessionsTab agent={name} /> },
    { id: 'versions', title: 'Versions', show: () => <VersionsTab agent={name} /> },
    ...(isStaged
      ? [{ id: 'staging', title: 'Staging', show: () => <StagingTab agent={name} /> }]
      : []),
  ];
  const open = tabs.some(({ id }) => id === tab) ? tab : FIRST;
  return (
    <Tabs
      label={`Parts of ${name}`}
      tabs={tabs}
      open={open}
      onOpen={(id) => navigate(id === FIRST ? agentPlace(name) : agentPlace(name, id))}
    />
  );
}
