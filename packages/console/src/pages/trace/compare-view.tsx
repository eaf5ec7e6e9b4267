import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import type { PactSources } from '../../data/pacts.ts';
import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, Verdict } from '../../ui/marks.tsx';
import { Answered } from '../../ui/states.tsx';
import { textAt } from './open-part.ts';
import { STANDING_WORDS } from './standing-words.ts';
import { StepList } from './step-list.tsx';
import classes from './trace.module.css';
import { useWorker } from './use-record.ts';
import { WithCode } from '../../ui/with-code.tsx';
import type { Compared, ComparedSide } from './worker/compare-decision.ts';
import type { Explained, Step } from './worker/explain-decision.ts';
import type { ReplayedDecision } from './worker/replay.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** One decision: the rules its own pact tried, beside those that another one would have. */
export function CompareView({
  record,
  own,
  other,
  one,
}: {
  readonly record: SessionRecord;
  readonly own: readonly PactSources[];
  readonly other: PactSources | null;
  readonly one: ReplayedDecision;
}): ReactElement {
  const row = record.rows.find(({ index }) => index === one.index);
  const digest = textAt(row?.open, 'pact');
  const pact = own.find((each) => each.digest === digest) ?? null;
  const answer = useWorker(record, 'compare', { own: pact, other, index: one.index });
  return (
    <section className={classes['sides']} aria-label={`Decision of entry ${one.index}`}>
      <div className={classes['line']}>
        <h2>
          <Visible text={one.tool ?? 'A tool that is not declared'} />
        </h2>
        <Link href={sessionPlace(record.session, one.index)}>Entry {one.index}</Link>
      </div>
      <Answered answer={answer} what="both decisions">
        {(compared) =>
          compared !== null && <Sides {...{ compared, one }} hasOther={other !== null} />
        }
      </Answered>
    </section>
  );
}

function Sides({
  compared: { own, other },
  one,
  hasOther,
}: {
  readonly compared: Compared;
  readonly one: ReplayedDecision;
  readonly hasOther: boolean;
}): ReactElement {
  const [ownSteps, otherSteps] = [own?.steps ?? [], other?.steps ?? []];
  return (
    <div className={classes['two-sides']}>
      <Side title="As it was recorded" verdict={one.recorded}>
        <Standing one={one} own={own} />
        {ownSteps.length > 0 && (
          <StepList steps={ownSteps} {...(other === null ? {} : { isOther: notIn(otherSteps) })} />
        )}
      </Side>
      {hasOther && (
        <Side title="Under the other pact" verdict={other?.verdict ?? null}>
          {other === null ? (
            <p className={classes['soft']}>
              Not known: what the decision was made from is {unmadeText(one)}.
            </p>
          ) : (
            <OtherSide other={other} ownSteps={ownSteps} />
          )}
        </Side>
      )}
    </div>
  );
}

function unmadeText({ standing }: ReplayedDecision): string {
  return standing === 'erased' ? 'erased' : 'not opened';
}

function OtherSide({
  other: { summary, steps, basis },
  ownSteps,
}: {
  readonly other: ComparedSide;
  readonly ownSteps: readonly Step[];
}): ReactElement {
  return (
    <>
      <p>
        <WithCode text={summary} />
      </p>
      <p className={classes['soft']}>{BASES[basis]}</p>
      <StepList steps={steps} isOther={notIn(ownSteps)} />
    </>
  );
}

const BASES: Readonly<Record<ComparedSide['basis'], string>> = {
  reads: 'Made from what the decision read.',
  session:
    'It asks for more than was read then: worked out from this session alone, without what other ' +
    'sessions spent or did.',
};

/** Whether a rule found otherwise than on the other side, or is not there at all. */
function notIn(others: readonly Step[]): (step: Step) => boolean {
  const known = new Set(others.map(foundBy));
  return (step) => !known.has(foundBy(step));
}

/** What allows is a finding on one side, and a match where another rule decides. */
function foundBy({ stage, rule, finding, isObserved, result }: Step): string {
  const isFound = finding !== null || result === 'matched';
  const found = stage === 'allow' ? isFound : (finding ?? isFound);
  return JSON.stringify([stage, rule, found, isObserved]);
}

function Side({
  title,
  verdict,
  children,
}: {
  readonly title: string;
  readonly verdict: string | null;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section className={classes['side']} aria-label={title}>
      <div className={classes['line']}>
        <h3>{title}</h3>
        {verdict !== null && <Verdict kind={verdict} />}
      </div>
      {children}
    </section>
  );
}

/** Whether it could be made again here, and where not, why. */
function Standing({
  one: { standing, why, rules },
  own,
}: {
  readonly one: ReplayedDecision;
  readonly own: Explained | null;
}): ReactElement {
  const [tone, word] = STANDING_WORDS[standing];
  return (
    <>
      {own !== null && own.summary !== '' && (
        <p>
          <WithCode text={own.summary} />
        </p>
      )}
      <p className={classes['line']}>
        <StatePill tone={tone}>{word}</StatePill>
        <span className={classes['soft']}>{STANDINGS[standing](why)}</span>
      </p>
      {own !== null && own.steps.length === 0 && rules.length > 0 && (
        <p>
          What stands openly: <Visible text={[...new Set(rules)].join(', ')} />
        </p>
      )}
    </>
  );
}

const STANDINGS: Readonly<Record<ReplayedDecision['standing'], (why: string) => string>> = {
  recomputed: () => 'Made again in this browser: the same decision.',
  mismatch: (why) => `Made again in this browser, it is not what was recorded: ${why}.`,
  erased: () => 'It cannot be made again: whose data it was had it erased.',
  sealed: () => 'It cannot be made again before it is opened.',
  missing: () => 'It cannot be made again: the pact it was made under is not here.',
};
