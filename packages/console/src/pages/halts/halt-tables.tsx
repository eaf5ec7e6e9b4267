import type { ReactElement } from 'react';

import type { Halt } from '../../data/halts.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { spanText } from '../../ui/time-text.ts';

type HaltProps = { readonly halt: Halt };

const PENDING = { tone: 'warn', word: 'not yet', ms: null } as const;
const HEARD = { tone: 'good', word: 'acknowledged' } as const;
const SILENT = { tone: 'plain', word: 'lease ran out' } as const;

/** Whether each enforcement point acknowledged the halt, or its lease ran out. */
export function HolderTable({ halt }: HaltProps): ReactElement {
  const rows = [
    ...halt.waitingFor.map((holder) => ({ ...holder, ...PENDING })),
    ...halt.acknowledged.map((holder) => ({ ...holder, ...HEARD })),
    ...halt.ranOut.map((holder) => ({ ...holder, ...SILENT })),
  ];
  return (
    <PlainTable
      nothing="No enforcement point held a lease: every permit is redeemed at the daemon."
      rows={rows.map(({ lease, name, agent, tone, word, ms }) => [
        lease,
        {
          Name: <Visible text={name} />,
          Agent: agent,
          State: <StatePill tone={tone}>{word}</StatePill>,
          After: ms === null ? '' : spanText(ms),
        },
      ])}
    />
  );
}

const ENDS: Readonly<Record<Halt['inFlight'][number]['end'], Tone>> = {
  running: 'warn',
  cancelled: 'good',
  not_sent: 'good',
  finished: 'plain',
};

/** What became of the calls that were under way. */
export function FlightTable({ halt }: HaltProps): ReactElement {
  return (
    <PlainTable
      nothing="No call was under way."
      rows={halt.inFlight.map(({ decision, tool, agent, session, end }) => [
        decision,
        {
          Tool: <Visible text={tool} />,
          Agent: agent,
          Session: session,
          'What became of it': <StatePill tone={ENDS[end]}>{end.replace('_', ' ')}</StatePill>,
        },
      ])}
    />
  );
}

const EXECUTED: Readonly<Record<Halt['executors'][number]['state'], Tone>> = {
  running: 'warn',
  done: 'good',
  failed: 'danger',
};

/** What executors ended beside calls: credentials, processes, networks, tokens elsewhere. */
export function ExecutorTable({ halt }: HaltProps): ReactElement {
  return (
    <PlainTable
      nothing="Nothing beside calls was to be ended."
      rows={halt.executors.map(({ execution, executor, agent, state, ms, why }) => [
        execution,
        {
          Executor: executor,
          Agent: agent,
          State: <StatePill tone={EXECUTED[state]}>{state}</StatePill>,
          Took: ms === null ? '' : spanText(ms),
          Why: <Visible text={why ?? ''} />,
        },
      ])}
    />
  );
}
