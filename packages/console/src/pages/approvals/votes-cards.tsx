import type { ReactElement } from 'react';

import type { OpenedAsk } from '../../data/approvals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { WithCode } from '../../ui/with-code.tsx';
import classes from './approvals.module.css';

type AskProps = { readonly ask: OpenedAsk };

/** Which rules ask, in their own words, and how many people each has and needs. */
export function RulesCard({ ask: { requirements, why } }: AskProps): ReactElement {
  return (
    <Section title="Why people are asked" isCard>
      <ul className={classes['list']}>
        {requirements.map(({ rule, approvers, quorum, approvals }) => (
          <li key={`${rule} ${approvers.join(' ')}`}>
            <WithCode text={why.find((one) => one.rule === rule)?.say ?? `rule ${rule} asks`} />
            <br />
            <span className={classes['soft']}>
              {approvals} of {quorum} needed, of <Visible text={approvers.join(', ')} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Who said what so far, and why. */
export function VotesCard({ ask: { cast } }: AskProps): ReactElement {
  return (
    <Section title="Votes" isCard>
      {cast.length === 0 ? (
        <p className={classes['soft']}>Nobody has voted yet.</p>
      ) : (
        <ul className={classes['list']}>
          {cast.map(({ person, outcome, at, reason, inSeatOf, mechanism }) => (
            <li key={person}>
              <StatePill tone={outcome === 'approve' ? 'good' : 'danger'}>
                {outcome === 'approve' ? 'approved' : 'denied'}
              </StatePill>{' '}
              <strong>
                <Visible text={person} />
              </strong>{' '}
              {inSeatOf.length > 0 && (
                <>
                  in the seat of <Visible text={inSeatOf.join(', ')} />{' '}
                </>
              )}
              <Time at={at} />, by {mechanism}
              <br />
              <Visible text={reason} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
