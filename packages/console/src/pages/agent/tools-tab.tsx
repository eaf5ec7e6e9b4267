import { type ReactElement, useState } from 'react';

import { type ToolRow, useAgentTools } from '../../data/agent-tools.ts';
import { useFleetAgent } from '../../data/fleet.ts';
import { usePact } from '../../data/pacts.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './agent.module.css';
import { ToolDialog } from './tool-dialog.tsx';
import type { StudiedTool } from './worker/study-pact.ts';
import { useWorker } from './worker/use-worker.ts';

/** The tools an agent has by its pact, and what their servers said they are. */
export function ToolsTab({ agent }: { readonly agent: string }): ReactElement {
  return (
    <div className={classes['stack']}>
      <Answered answer={useAgentTools(agent)} what="the tools">
        {(rows) => <Pins agent={agent} rows={rows} />}
      </Answered>
      <PactTools agent={agent} />
    </div>
  );
}

const STATES: readonly ToolRow['state'][] = ['quarantined', 'pinned', 'earlier'];
const TONES: Readonly<Record<ToolRow['state'], Tone>> = {
  quarantined: 'danger',
  pinned: 'good',
  earlier: 'plain',
};
const WHY: Readonly<Record<NonNullable<ToolRow['why']>, string>> = {
  changed: 'the definition changed',
  shadowed: 'another server has a tool of this name',
  repeated: 'its server names it twice',
  'look-alike': 'its name looks like another',
  'hidden-instructions': 'its text hides instructions',
  'first-seen': 'it was never seen before',
};

function Pins({
  agent,
  rows,
}: {
  readonly agent: string;
  readonly rows: readonly ToolRow[];
}): ReactElement {
  const [shown, setShown] = useState<ToolRow | null>(null);
  const sorted = rows.toSorted(
    (one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state) || other.at - one.at,
  );
  if (rows.length === 0) {
    return (
      <EmptyState title="No server offered a tool yet" command="plumb inventory tools">
        What a server says of its tools is pinned here when a gateway first sees it.
      </EmptyState>
    );
  }
  return (
    <Section title="Definitions and pins">
      <PlainTable
        nothing=""
        rows={sorted.map((row) => [
          `${row.definition} ${row.index}`,
          {
            Tool: <Visible text={row.tool} />,
            State: <StatePill tone={TONES[row.state]}>{row.state}</StatePill>,
            Why: row.why === null ? '' : WHY[row.why],
            Server: <Visible text={row.server} />,
            Definition: <Digest of={row.definition} />,
            Since: <Time at={row.at} isInRow />,
            Look: (
              <Button
                isSmall
                aria-label={`${row.state === 'quarantined' ? 'Review' : 'Show'} ${row.tool}`}
                onClick={() => setShown(row)}
              >
                {row.state === 'quarantined' ? 'Review…' : 'Show'}
              </Button>
            ),
          },
        ])}
      />
      {shown !== null && <ToolDialog agent={agent} row={shown} onClose={() => setShown(null)} />}
    </Section>
  );
}

function PactTools({ agent }: { readonly agent: string }): ReactElement | null {
  const digest = useFleetAgent(agent).data?.pact ?? null;
  const { data: version } = usePact(agent, digest);
  const { data: study } = useWorker('study', version ?? null);
  const tools = digest === null ? [] : (study?.pact?.tools ?? []);
  if (tools.length === 0) return null;
  return (
    <Section title="In its pact">
      <PlainTable
        nothing=""
        rows={tools.map((tool) => [
          tool.name,
          {
            Tool: <code>{tool.name}</code>,
            'The rules say': <StatePill tone={USE_TONES[tool.use]}>{tool.use}</StatePill>,
            Effect: tool.effect ?? 'what its arguments say',
            'Can be undone': tool.reversible,
          },
        ])}
      />
    </Section>
  );
}

const USE_TONES: Readonly<Record<StudiedTool['use'], Tone>> = {
  allowed: 'good',
  'a person is asked': 'warn',
  'not allowed': 'plain',
};
