import { type ReactElement, useMemo } from 'react';

import type { PactSources } from '../../data/pacts.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, Verdict } from '../../ui/marks.tsx';
import { Unseen } from '../../ui/states.tsx';
import { useLetterKeys } from '../../ui/use-letter-keys.ts';
import { useQueryText } from '../../ui/use-query-text.ts';
import { CompareView } from './compare-view.tsx';
import { changeOf, replaySummary } from './replay-words.ts';
import { STANDING_WORDS } from './standing-words.ts';
import classes from './trace.module.css';
import { VirtualRows } from './virtual-rows.tsx';
import type { ReplayedDecision } from './worker/replay.ts';
import type { SessionRecord } from './worker/session-record.ts';

type ReplayListProps = {
  readonly record: SessionRecord;
  readonly own: readonly PactSources[];
  readonly other: PactSources | null;
  readonly decisions: readonly ReplayedDecision[];
};

/** Every decision with both verdicts; the one that is looked at with every rule of both pacts. */
export function ReplayList(props: ReplayListProps): ReactElement {
  const { record, own, other, decisions } = props;
  const [chosenText, setChosen] = useQueryText('decision');
  const differing = useMemo(
    () => decisions.filter((one) => changeOf(one) === 'other verdict').map(({ index }) => index),
    [decisions],
  );
  const wanted = decisions.findIndex(({ index }) => String(index) === chosenText);
  const first = decisions.findIndex(({ index }) => index === differing[0]);
  const at = wanted !== -1 ? wanted : Math.max(first, 0);
  const chosen = decisions[at];
  const here = chosen?.index ?? 0;
  const choose = (index: number | undefined): void => {
    if (index !== undefined) setChosen(String(index));
  };
  // Round and round: after the last difference comes the first one.
  const next = differing.find((index) => index > here) ?? differing[0];
  const before = differing.findLast((index) => index < here) ?? differing.at(-1);
  useLetterKeys({ n: () => choose(next), p: () => choose(before) });
  const onKey = (key: string): boolean => {
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    const index = step === 0 ? undefined : decisions[at + step]?.index;
    choose(index);
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>(`[data-decision="${index}"]`)?.focus();
    });
    return index !== undefined;
  };
  return (
    <div className={classes['replayed']}>
      <div className={classes['line']}>
        <p role="status">{replaySummary(decisions, other !== null)}</p>
        {differing.length > 0 && (
          <>
            <Button isSmall onClick={() => choose(before)}>
              Previous difference <kbd>p</kbd>
            </Button>
            <Button isSmall onClick={() => choose(next)}>
              Next difference <kbd>n</kbd>
            </Button>
          </>
        )}
      </div>
      <div className={classes['compare']}>
        <div>
          <Unseen>Arrow keys go from decision to decision.</Unseen>
          <VirtualRows
            label="Decisions"
            items={decisions}
            keyOf={({ index }) => index}
            at={at}
            onKey={onKey}
            show={(one, place) => (
              <DecisionRow one={one} isChosen={place === at} onChoose={() => choose(one.index)} />
            )}
          />
        </div>
        {chosen !== undefined && (
          <CompareView key={chosen.index} {...{ record, own, other }} one={chosen} />
        )}
      </div>
      {other !== null && (
        <p className={classes['soft']}>
          What the other pact would have refused would not have happened, and an agent that is told
          otherwise asks otherwise: this shows the decisions, not the session that would have been.
        </p>
      )}
    </div>
  );
}

function DecisionRow({
  one,
  isChosen,
  onChoose,
}: {
  readonly one: ReplayedDecision;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactElement {
  const { index, tool, recorded, standing, other } = one;
  const change = changeOf(one);
  return (
    <button
      type="button"
      className={classes['decision']}
      data-decision={index}
      data-change={change}
      aria-current={isChosen ? 'true' : undefined}
      onClick={onChoose}
    >
      <span className={classes['when']}>{index}</span>
      <span className={classes['title']}>
        <Visible text={tool ?? 'a tool not declared'} />
      </span>
      <span className={classes['verdicts']}>
        <Verdict kind={recorded} />
        {other !== null && change !== 'same' && (
          <>
            <span aria-hidden>→</span>
            <Unseen>under the other pact</Unseen>
            {change === 'other rules' ? (
              <StatePill tone="plain">by other rules</StatePill>
            ) : (
              <Verdict kind={other.verdict} />
            )}
          </>
        )}
        {standing !== 'recomputed' && (
          <StatePill tone={STANDING_WORDS[standing][0]}>{STANDING_WORDS[standing][1]}</StatePill>
        )}
      </span>
    </button>
  );
}
