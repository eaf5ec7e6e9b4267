import type { ReactElement } from 'react';
import { Link, useParams } from 'wouter';

import { type OpenedAsk, useApproval } from '../../data/approvals.ts';
import { sessionPlace } from '../../data/places.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { ActionCard, EffectCard } from './action-cards.tsx';
import classes from './approvals.module.css';
import { endText, quorumText, stateWords } from './ask-words.ts';
import { Decide } from './decide.tsx';
import { FactsCard, SessionCard } from './facts-cards.tsx';
import { Provenance } from './provenance.tsx';
import { Neighbours } from './neighbours.tsx';
import { UsualCard } from './usual-card.tsx';
import { RulesCard, VotesCard } from './votes-cards.tsx';

/** One action that waits for people: what it is, what is known of it, and the keys that decide. */
export function ApprovalPage(): ReactElement {
  const { id = '' } = useParams();
  return <Ask key={id} id={id} />;
}

function Ask({ id }: { readonly id: string }): ReactElement {
  const answer = useApproval(id);
  const ask = answer.data;
  return (
    <Page
      title={ask === undefined ? 'Approval' : `${ask.tool} by ${ask.agent}`}
      actions={<Neighbours id={id} isDecided={ask !== undefined && ask.state !== 'pending'} />}
    >
      <Answered answer={answer} what="the approval">
        {(opened) => <Opened ask={opened} />}
      </Answered>
    </Page>
  );
}

function Opened({ ask }: { readonly ask: OpenedAsk }): ReactElement {
  return (
    <>
      <Standing ask={ask} />
      <Decide ask={ask} />
      <div className={classes['columns']}>
        <div className={classes['stack']}>
          <ActionCard ask={ask} />
          <Provenance ask={ask} />
        </div>
        <div className={classes['stack']}>
          <EffectCard ask={ask} />
          <UsualCard ask={ask} />
          <RulesCard ask={ask} />
          <FactsCard ask={ask} />
          <SessionCard ask={ask} />
          <VotesCard ask={ask} />
        </div>
      </div>
    </>
  );
}

/** How it stands, in one line: what waits, how long, how many said yes; or what became of it. */
function Standing({ ask }: { readonly ask: OpenedAsk }): ReactElement {
  const [tone, word] = stateWords(ask.state);
  const isWaiting = ask.state === 'pending';
  return (
    <div className={classes['state']} data-state={ask.state}>
      <StatePill tone={tone}>{word}</StatePill>
      {isWaiting ? (
        <>
          <span>
            runs out in <Countdown until={ask.expiresAtMs} />
          </span>
          <span>{quorumText(ask)} approved</span>
        </>
      ) : (
        <span role="status">
          <Visible text={endText(ask)} />
        </span>
      )}
      {ask.endedAt !== null && (
        <span>
          <Time at={ask.endedAt} />
        </span>
      )}
      <span>
        asked <Time at={ask.askedAt} />
      </span>
      <span>
        for <Visible text={ask.principal ?? 'somebody who was erased'} />
      </span>
      <Link href={sessionPlace(ask.session)}>the session</Link>
    </div>
  );
}
