import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { type PactRow, usePacts } from '../../data/pacts.ts';
import { agentPlace } from '../../data/places.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import classes from './agent.module.css';
import { VersionButtons } from './version-buttons.tsx';
import { VersionView } from './version-view.tsx';

const TONES: Readonly<Record<PactRow['state'], Tone>> = {
  armed: 'good',
  proposed: 'warn',
  shadow: 'accent',
  earlier: 'plain',
  withdrawn: 'plain',
};

/** Every version of an agent's pact, and what can be done with each. */
export function VersionsTab({ agent }: { readonly agent: string }): ReactElement {
  return (
    <Answered answer={usePacts(agent)} what="the versions">
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState title="No pact yet" command="plumb init demo">
            Until a pact is armed, everything this agent asks for is refused.{' '}
            <Link href={agentPlace(agent, 'pact')}>Write one here</Link>, or begin with a starter in
            files:
          </EmptyState>
        ) : (
          <Versions agent={agent} rows={rows} />
        )
      }
    </Answered>
  );
}

function Versions({
  agent,
  rows,
}: {
  readonly agent: string;
  readonly rows: readonly PactRow[];
}): ReactElement {
  const [digest, setDigest] = useQueryText('version');
  const armed = rows.find(({ state }) => state === 'armed')?.digest ?? null;
  const shown = rows.find((row) => row.digest === digest);
  return (
    <div className={classes['stack']}>
      <PlainTable
        nothing=""
        rows={rows.map((row) => [
          `${row.digest} ${row.index}`,
          {
            Version: <Digest of={row.digest} />,
            State: <StatePill tone={TONES[row.state]}>{row.state}</StatePill>,
            Since: <Time at={row.at} isInRow />,
            Reason: <Visible text={row.reason} />,
            By: row.approvedBy === null ? row.by : `${row.by}, approved by ${row.approvedBy}`,
            Do: (
              <div className={classes['buttons']}>
                <Button
                  isSmall
                  aria-pressed={digest === row.digest}
                  aria-label={`Show version ${row.digest.slice(7, 17)}`}
                  onClick={() => setDigest(digest === row.digest ? '' : row.digest)}
                >
                  {digest === row.digest ? 'Hide' : 'Show'}
                </Button>
                <VersionButtons agent={agent} row={row} />
              </div>
            ),
          },
        ])}
      />
      {shown !== undefined && (
        <VersionView key={shown.digest} agent={agent} row={shown} armed={armed} />
      )}
    </div>
  );
}
