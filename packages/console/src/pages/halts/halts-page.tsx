import type { ReactElement } from 'react';

import { useHalts } from '../../data/halts.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { COLUMNS } from './columns.tsx';

/** Every halt in force, and those since the daemon started. */
export function HaltsPage(): ReactElement {
  return (
    <Page title="Halts" lead="Every halt in force, and those since the daemon started.">
      <Answered answer={useHalts()} what="the halts">
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyState title="Nothing is halted" command="plumb halts">
              A halt stops an agent or a part of what it does until a person lets it go on.
            </EmptyState>
          ) : (
            <Table
              name="halts"
              one="halt"
              rows={rows}
              columns={COLUMNS}
              rowId={({ halt }) => halt}
              rowHref={({ halt }) => `/halts/${halt}`}
              firstOrder="-at"
            />
          )
        }
      </Answered>
    </Page>
  );
}
