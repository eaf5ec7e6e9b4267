import type { ReactElement } from 'react';

import { Visible } from '../../ui/code-view.tsx';
import { StatePill, Verdict } from '../../ui/marks.tsx';
import { STAGE_WORDS } from './stage-words.ts';
import classes from './trace.module.css';
import { WithCode } from '../../ui/with-code.tsx';
import type { Step } from './worker/explain-decision.ts';

/** Rules in the order tried, with what each found. */
export function StepList({
  steps,
  isOther,
}: {
  readonly steps: readonly Step[];
  /** Whether a rule found otherwise than on the other side of a comparison. */
  readonly isOther?: (step: Step) => boolean;
}): ReactElement {
  if (steps.length === 0) {
    return <p className={classes['soft']}>No rule of the pact is about it.</p>;
  }
  return (
    <ol className={classes['steps']}>
      {steps.map((step, place) => (
        <li key={place} data-finding={step.finding ?? undefined}>
          <span className={classes['line']}>
            <code className={classes['rule']}>
              <Visible text={step.rule} />
            </code>
            <Found step={step} />
            {isOther?.(step) === true && <StatePill tone="accent">differs</StatePill>}
          </span>
          <span className={classes['soft']}>
            {STAGE_WORDS[step.stage] ?? step.stage}
            {step.detail !== '' && (
              <>
                {': '}
                <WithCode text={step.detail} />
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Found({ step: { finding, isObserved, result } }: { readonly step: Step }) {
  if (finding !== null) {
    return isObserved ? (
      <StatePill tone="plain">would have {finding}, observed only</StatePill>
    ) : (
      <Verdict kind={finding} />
    );
  }
  return result === null ? null : <span className={classes['soft']}>{result}</span>;
}
