import type { ReactElement } from 'react';
import { Link, useParams } from 'wouter';

import { type Drill, useAgentDrills, useDrill } from '../../data/drills.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { spanText } from '../../ui/time-text.ts';
import { timesText, toneOf } from './drill-words.ts';
import { RunButton } from './run-button.tsx';

/** One drill: whether the agent stopped in time, and what was tried. */
export function DrillPage(): ReactElement {
  const { id = '' } = useParams();
  const answer = useDrill(id);
  const drill = answer.data;
  return (
    <Page
      title={drill === undefined ? 'Drill' : `Drill of ${drill.agent}`}
      actions={
        drill === undefined ? undefined : (
          <RunButton agent={drill.agent} isRunning={drill.state === 'running'} />
        )
      }
    >
      <Answered answer={answer} what="the drill">
        {(found) => <Measured drill={found} />}
      </Answered>
    </Page>
  );
}

function Measured({ drill }: { readonly drill: Drill }): ReactElement {
  return (
    <>
      <Section title="What was measured" isCard>
        <Times drill={drill} />
      </Section>
      <Section title="What was practised">
        <Practised drill={drill} />
      </Section>
      <Section title={`Drills of ${drill.agent}`}>
        <Answered answer={useAgentDrills(drill.agent)} what="its drills">
          {(drills) => <Earlier drills={drills} shown={drill.id} />}
        </Answered>
      </Section>
    </>
  );
}

function Times({ drill }: { readonly drill: Drill }): ReactElement {
  const { state, why, times, boundMs, forwarded, refused, startedAt, halt } = drill;
  return (
    <Facts
      rows={{
        State: <StatePill tone={toneOf(drill)}>{state}</StatePill>,
        Why: why === null ? null : <Visible text={why} />,
        Latched: times === null ? null : spanText(times.latchedMs),
        Effective: times === null ? null : spanText(times.effectiveMs),
        'Last forward': times === null ? null : spanText(times.lastForwardMs),
        'Each within': spanText(boundMs),
        'Let through before': String(forwarded),
        'Refused after': String(refused),
        Begun: <Time at={startedAt} />,
        Cause:
          drill.cause === 'scheduled' ? (
            'the schedule of its pact'
          ) : (
            <>
              asked by <Visible text={drill.by} />
            </>
          ),
        'People who may halt': `${drill.holders} of at least ${drill.needed}`,
        Halt: halt === null ? null : <code>{halt}</code>,
      }}
    />
  );
}

const TRIED: Readonly<Record<Drill['practised'][number]['state'], Tone>> = {
  practised: 'good',
  checked: 'accent',
  skipped: 'plain',
  failed: 'danger',
};

function Practised({ drill }: { readonly drill: Drill }): ReactElement {
  return (
    <PlainTable
      nothing="Nothing was practised."
      rows={drill.practised.map(({ what, state, ms, why }) => [
        what,
        {
          What: what,
          State: <StatePill tone={TRIED[state]}>{state}</StatePill>,
          Took: ms === null ? '' : spanText(ms),
          Why: <Visible text={why ?? ''} />,
        },
      ])}
    />
  );
}

function Earlier({
  drills,
  shown,
}: {
  readonly drills: readonly Drill[];
  readonly shown: string;
}): ReactElement {
  return (
    <PlainTable
      nothing="There was no other."
      rows={drills.map((drill) => [
        drill.id,
        {
          Begun: (
            <Link
              href={`/drills/${drill.id}`}
              aria-current={drill.id === shown ? 'page' : undefined}
            >
              <Time at={drill.startedAt} isInRow />
            </Link>
          ),
          State: <StatePill tone={toneOf(drill)}>{drill.state}</StatePill>,
          'Latched · effective · last forward': timesText(drill),
          Cause: drill.cause,
        },
      ])}
    />
  );
}
