import type { ReactElement } from 'react';

import { useDrills } from '../../data/drills.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { COLUMNS } from './columns.tsx';

const LEAD =
  'Whether each agent would really stop: its halt, practised beside real sessions and measured.';

/** How drills stand: what is due, what the last one measured, who may halt. */
export function DrillsPage(): ReactElement {
  return (
    <Page title="Drills" lead={LEAD}>
      <Answered answer={useDrills()} what="the drills">
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No agents to drill" command="plumb agent add support-agent">
              A drill practises the halt of an agent. Its pact says how often:{' '}
              <code>{'drill: { every: 30d, holders: 3 }'}</code>.
            </EmptyState>
          ) : (
            <Table
              name="agents"
              one="agent"
              rows={rows}
              columns={COLUMNS}
              rowId={({ agent }) => agent}
              rowHref={({ agent, last }) =>
                last === null ? `/drills?q=${agent}` : `/drills/${last.id}`
              }
              firstOrder="state"
            />
          )
        }
      </Answered>
    </Page>
  );
}
