import { type ReactElement, useEffect, useState } from 'react';
import { Link } from 'wouter';

import { askTrial, type PactTrial, type TrialPair } from '../../data/pact-trial.ts';
import type { PactFiles } from '../../data/pacts.ts';
import { sessionPlace } from '../../data/places.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { Verdict } from '../../ui/marks.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import classes from './agent.module.css';

type TryDialogProps = {
  readonly agent: string;
  readonly draft: PactFiles;
  readonly onClose: () => void;
};

const LEAD =
  'The same people say and approve the same, the agent asks for the same, and what this pact ' +
  'refuses does not happen.';

type State =
  | { readonly kind: 'running'; readonly entries: number }
  | { readonly kind: 'done'; readonly trial: PactTrial }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What a pact would have decided of what was recorded. Closing it ends the trial. */
export function TryDialog({ agent, draft, onClose }: TryDialogProps): ReactElement {
  const [{ entry, files }] = useState(draft);
  const [state, setState] = useState<State>({ kind: 'running', entries: 0 });
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const tell = (next: State): void => {
      if (!signal.aborted) setState(next);
    };
    const told = (entries: number): void => tell({ kind: 'running', entries });
    askTrial({ agent, entry, files }, told, signal).then(
      (trial) => tell({ kind: 'done', trial }),
      (error: unknown) => tell({ kind: 'failed', error }),
    );
    return () => leaving.abort();
  }, [agent, entry, files]);
  return (
    <Dialog isOpen onClose={onClose} title="Tried against history" isWide lead={LEAD}>
      <Shown state={state} />
      <DialogFoot>
        <Button onClick={onClose}>{state.kind === 'running' ? 'Stop' : 'Close'}</Button>
      </DialogFoot>
    </Dialog>
  );
}

function Shown({ state }: { readonly state: State }): ReactElement {
  switch (state.kind) {
    case 'running':
      return (
        <p role="status">
          Trying what was recorded… {state.entries.toLocaleString('en')} entries so far.
        </p>
      );
    case 'failed':
      return <ErrorState error={state.error} what="the trial" />;
    case 'done':
      return <Tried trial={state.trial} />;
  }
}

function Tried({ trial }: { readonly trial: PactTrial }): ReactElement {
  const { decisions, notOpened, conflicts, isWhole, entries, pairs } = trial;
  const changed = pairs.filter(({ recorded, candidate }) => recorded !== candidate);
  const same = pairs.filter(({ recorded, candidate }) => recorded === candidate);
  const changes = changed.reduce((sum, { count }) => sum + count, 0);
  const limits = [
    ...(notOpened === 0 ? [] : [`${counted(notOpened)} cannot be opened and were not tried.`]),
    ...(conflicts === 0 ? [] : [`${counted(conflicts)} entries contradict each other.`]),
    ...(isWhole ? [] : [`Only the first ${counted(entries)} entries of it were tried.`]),
    'What the agent would have done after another answer is not known.',
  ];
  return (
    <div className={classes['tight']}>
      <p role="status">
        {counted(changes)} of {counted(decisions)} recorded decisions would go otherwise.
      </p>
      <PlainTable
        nothing={decisions === 0 ? 'Nothing was decided about this agent yet.' : ''}
        rows={changed.map((pair) => [
          `${pair.recorded} ${pair.candidate}`,
          {
            Recorded: <Verdict kind={pair.recorded} />,
            'By this pact': <Verdict kind={pair.candidate} />,
            Decisions: counted(pair.count),
            'For example': <Examples pair={pair} />,
            'People said': peopleText(pair),
          },
        ])}
      />
      {same.length > 0 && (
        <p className={classes['bar']}>
          As recorded:{' '}
          {same.map(({ recorded, count }) => (
            <span key={recorded}>
              {counted(count)} <Verdict kind={recorded} />
            </span>
          ))}
        </p>
      )}
      <p className={classes['soft']}>{limits.join(' ')}</p>
    </div>
  );
}

function peopleText({ approved, denied }: TrialPair): string {
  return approved + denied === 0 ? '' : `${approved} approved, ${denied} denied`;
}

function Examples({ pair: { examples } }: { readonly pair: TrialPair }): ReactElement {
  return (
    <ul className={classes['plain']}>
      {examples.map(({ index, decision, session, tool, rules }) => (
        <li key={decision}>
          <Link href={sessionPlace(session, index)}>
            <Visible text={tool} /> at entry {index}
          </Link>{' '}
          <span className={classes['soft']}>
            <Visible text={rules.length === 0 ? 'no rule allows it' : rules.join(', ')} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function counted(count: number): string {
  return count.toLocaleString('en');
}
