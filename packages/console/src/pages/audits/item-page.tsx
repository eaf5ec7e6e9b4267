import { type FormEvent, type ReactElement, useState } from 'react';
import { useLocation, useParams } from 'wouter';

import {
  type AuditItem,
  type Finding,
  type Judgement,
  useAuditItem,
  useJudge,
} from '../../data/audits.ts';
import { Button } from '../../ui/button.tsx';
import { Fault, TextArea } from '../../ui/field.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './audits.module.css';
import { Choice, ClaimField } from './claim-field.tsx';
import { Turns } from './turns.tsx';

const LEAD = 'Judge what was done, claim by claim. What the agent said of it is not shown to you.';

/** One drawn session, judged by one person, once. */
export function AuditItemPage(): ReactElement {
  const { id = '' } = useParams();
  const answer = useAuditItem(id);
  return (
    <Page title="A session to judge" lead={LEAD}>
      <Answered answer={answer} what="the session">
        {(item) => <Judging key={item.item} item={item} />}
      </Answered>
    </Page>
  );
}

const RESOLVED = [
  ['yes', 'yes'],
  ['no', 'no'],
  ['unsure', 'I cannot tell'],
] as const;

function Judging({ item }: { readonly item: AuditItem }): ReactElement {
  const [findings, setFindings] = useState<ReadonlyMap<string, Finding>>(new Map());
  const [resolved, setResolved] = useState<Judgement['resolved'] | null>(null);
  const [note, setNote] = useState('');
  const [, navigate] = useLocation();
  const judge = useJudge(item.item);
  const say = useToast();
  const isWhole = resolved !== null && item.claims.every(({ claim }) => findings.has(claim));
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (resolved === null || !isWhole) return;
    const claims = item.claims.flatMap(({ claim }) => findings.get(claim) ?? []);
    const said = note.trim() === '' ? {} : { note: note.trim() };
    judge.mutate(
      { resolved, claims, ...said },
      {
        onSuccess: () => {
          say({ tone: 'good', text: 'Recorded.' });
          navigate('/audits');
        },
      },
    );
  };
  return (
    <>
      <Section title="What happened">
        <Turns item={item} />
      </Section>
      <form className={classes['stack']} onSubmit={send}>
        <Section title="Each claim">
          <div className={classes['claims']}>
            {item.claims.map((claim) => (
              <ClaimField
                key={claim.claim}
                claim={claim}
                finding={findings.get(claim.claim) ?? null}
                onFind={(found) => setFindings(new Map([...findings, [found.claim, found]]))}
              />
            ))}
          </div>
        </Section>
        <Section title="All of it">
          <Choice
            legend="Did it do what was asked?"
            name="resolved"
            options={RESOLVED}
            chosen={resolved}
            onChoose={setResolved}
          />
          <TextArea
            label="Note"
            hint="For whoever looks at this later; not needed."
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <Fault error={judge.error} />
          <RecordButton
            isWhole={isWhole}
            isBusy={judge.isPending}
            progress={`${findings.size} of ${item.claims.length} claims judged`}
          />
        </Section>
      </form>
    </>
  );
}

function RecordButton({
  isWhole,
  isBusy,
  progress,
}: {
  readonly isWhole: boolean;
  readonly isBusy: boolean;
  readonly progress: string;
}): ReactElement {
  return (
    <div>
      <Button look="primary" type="submit" disabled={!isWhole || isBusy}>
        {isBusy ? 'Recording…' : 'Record what I found'}
      </Button>{' '}
      {!isWhole && <span className={classes['soft']}>{progress}</span>}
    </div>
  );
}
