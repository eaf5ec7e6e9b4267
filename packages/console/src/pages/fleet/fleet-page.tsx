import { type ReactElement, useMemo } from 'react';

import { type FleetAgent, useFleet } from '../../data/fleet.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { stateOf } from './agent-state.ts';
import { COLUMNS } from './columns.tsx';
import { StateTiles } from './state-tiles.tsx';

/** Every agent: how it stands, what waits, and the button that stops it. */
export function FleetPage(): ReactElement {
  return (
    <Page title="Fleet" lead="Every agent this node governs, as it stands now.">
      <Answered answer={useFleet()} what="the fleet">
        {(agents) => (agents.length === 0 ? <NoAgents /> : <Fleet agents={agents} />)}
      </Answered>
    </Page>
  );
}

function Fleet({ agents }: { readonly agents: readonly FleetAgent[] }): ReactElement {
  const [state, setState] = useQueryText('state');
  const rows = useMemo(
    () => (state === '' ? agents : agents.filter((agent) => stateOf(agent) === state)),
    [agents, state],
  );
  return (
    <>
      <StateTiles agents={agents} chosen={state} onChoose={setState} />
      <Table
        name="agents"
        rows={rows}
        columns={COLUMNS}
        rowId={({ agent }) => agent}
        rowHref={({ agent }) => `/agents/${agent}`}
        firstOrder="state"
      />
    </>
  );
}

function NoAgents(): ReactElement {
  return (
    <EmptyState
      title="No agents yet"
      command="plumb agent add banking && plumb pact publish banking banking.pact.yaml"
    >
      An agent is governed once it is added here and a pact says what it may do.
    </EmptyState>
  );
}
