import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { approvalPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { spanText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import type { AskedRule, AskEnd, AskStory, CastVote } from './ask-story.ts';
import { mechanismText } from './session-words.ts';
import classes from './trace.module.css';

const ENDS: Readonly<Record<AskEnd, readonly [Tone, string]>> = {
  waits: ['warn', 'waits for people'],
  approved: ['good', 'approved'],
  denied: ['danger', 'denied'],
  nobody: ['danger', 'nobody in time, which denies it'],
  closed: ['plain', 'ended with the session'],
  halted: ['danger', 'ended by a halt'],
  superseded: ['plain', 'ended by another pact'],
};

/** Who was asked by which rule, how far they came, what each said, and what it came to. */
export function AskView({
  story,
  index,
  hrefOf,
}: {
  readonly story: AskStory;
  /** The entry that is looked at. */
  readonly index: number;
  readonly hrefOf: (index: number) => string;
}): ReactElement {
  const [tone, word] = ENDS[story.end];
  return (
    <section className={classes['ask']} aria-label="What people were asked">
      <div className={classes['line']}>
        <h3>What people were asked</h3>
        <StatePill tone={tone}>{word}</StatePill>
        <Link href={approvalPlace(story.ask)}>The approval</Link>
        {story.decisionIndex !== index && (
          <Link href={hrefOf(story.decisionIndex)} replace>
            The decision that asked
          </Link>
        )}
      </div>
      <ul className={classes['steps']}>
        {story.rules.map((rule) => (
          <li key={rule.rule}>
            <RuleLine rule={rule} />
          </li>
        ))}
      </ul>
      {story.votes.length === 0 ? (
        <p className={classes['soft']}>Nobody has said anything.</p>
      ) : (
        <ol className={classes['steps']} aria-label="Votes">
          {story.votes.map((vote) => (
            <li key={vote.index} data-finding={vote.outcome === 'approve' ? 'allow' : 'deny'}>
              <VoteLine vote={vote} hrefOf={hrefOf} />
            </li>
          ))}
        </ol>
      )}
      {story.usedIndex !== null && (
        <p>
          The agent asked again and was let through:{' '}
          <Link href={hrefOf(story.usedIndex)} replace>
            entry {story.usedIndex}
          </Link>
          .
        </p>
      )}
    </section>
  );
}

function RuleLine({
  rule: { rule, approvers, quorum, approvals, withinMs },
}: {
  readonly rule: AskedRule;
}): ReactElement {
  return (
    <>
      <span className={classes['line']}>
        <code className={classes['rule']}>
          <Visible text={rule} />
        </code>
        {quorum !== null && (
          <span>
            {approvals ?? '?'} of {quorum} approved
          </span>
        )}
      </span>
      <span className={classes['soft']}>
        {quorum === null ? (
          'Whom it asks is sealed'
        ) : (
          <>
            asks <Visible text={approvers.length === 0 ? 'the approvers' : approvers.join(', ')} />
            {withinMs !== null && `, for ${spanText(withinMs)}`}
          </>
        )}
      </span>
    </>
  );
}

function VoteLine({
  vote: { index, at, outcome, person, reason, mechanism, rules },
  hrefOf,
}: {
  readonly vote: CastVote;
  readonly hrefOf: (index: number) => string;
}): ReactElement {
  return (
    <>
      <span className={classes['line']}>
        <strong>
          <Visible text={person ?? 'A person'} />
        </strong>
        <StatePill tone={outcome === 'approve' ? 'good' : 'danger'}>
          {outcome === 'approve' ? 'approved' : 'denied'}
        </StatePill>
        <Time at={at} isInRow />
        <Link href={hrefOf(index)} replace>
          entry {index}
        </Link>
      </span>
      {reason !== null && (
        <span>
          “<Visible text={reason} />”
        </span>
      )}
      <span className={classes['soft']}>
        <Visible text={[`for ${rules.join(', ')}`, mechanismText(mechanism)].join(', ')} />
        {reason === null && ', who and why is sealed'}
      </span>
    </>
  );
}
