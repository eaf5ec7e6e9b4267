import { type ReactElement, useMemo } from 'react';

import { type FleetAgent, type Overview, useOverview } from '../../data/fleet.ts';
import { agentPlace } from '../../data/places.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { stateOf } from '../../ui/agent-state.ts';
import { COLUMNS } from './columns.tsx';
import { RefusedLately } from './refused-lately.tsx';
import { StateTiles } from './state-tiles.tsx';
import { StrayWays, WideHalts } from './wide-halts.tsx';

/** Every agent: how it stands, what waits, and the button that stops it. */
export function FleetPage(): ReactElement {
  return (
    <Page title="Fleet" lead="Every agent this node governs, as it stands now.">
      <Answered answer={useOverview()} what="the fleet">
        {(overview) => (overview.rows.length === 0 ? <NoAgents /> : <Fleet overview={overview} />)}
      </Answered>
    </Page>
  );
}

function Fleet({ overview }: { readonly overview: Overview }): ReactElement {
  const { rows: agents, halts, strayBypasses } = overview;
  const [state, setState] = useQueryText('state');
  const rows = useMemo<readonly FleetAgent[]>(
    () => (state === '' ? agents : agents.filter((agent) => stateOf(agent) === state)),
    [agents, state],
  );
  return (
    <>
      <WideHalts halts={halts} />
      <StrayWays count={strayBypasses} />
      <RefusedLately />
      <StateTiles agents={agents} chosen={state} onChoose={setState} />
      <Table
        name="agents"
        one="agent"
        rows={rows}
        columns={COLUMNS}
        rowId={({ agent }) => agent}
        rowHref={({ agent }) => agentPlace(agent)}
        firstOrder="state"
      />
    </>
  );
}

const FIRST_STEPS = `plumb init demo
plumb agent add support-agent
plumb pact publish demo/support.pact.yaml`;

function NoAgents(): ReactElement {
  return (
    <EmptyState title="No agents yet" command={FIRST_STEPS}>
      An agent is governed once it is added and a pact says what it may do. These lines begin with a
      starter pact; <code>plumb inventory</code> finds the agents that are on the machine already.
    </EmptyState>
  );
}
