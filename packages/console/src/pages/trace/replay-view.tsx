import { useQueries } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';

import { pactQuery, type PactRow, type PactSources, usePacts } from '../../data/pacts.ts';
import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { SelectField } from '../../ui/field.tsx';
import { StatePill, Verdict } from '../../ui/marks.tsx';
import { Answered, EmptyState, LoadState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { PactFile } from './pact-file.tsx';
import { textAt } from './open-part.ts';
import { SealedNote } from './sealed-note.tsx';
import { STANDING_WORDS } from './standing-words.ts';
import classes from './trace.module.css';
import { type Opening, useWorker } from './use-record.ts';
import type { OtherVerdict, ReplayedDecision } from './worker/replay.ts';

/** Every decision of the session beside what another pact makes of it, made in the browser. */
export function ReplayView({ opening }: { readonly opening: Opening }): ReactElement {
  const { record } = opening;
  const versions = usePacts(record.agent);
  const isOpened = record.rows.some(({ secret }) => secret !== null);
  if (!isOpened)
    return <SealedNote what="What the decisions were made from is" opening={opening} />;
  return (
    <Answered answer={versions} what="the versions of the pact">
      {(rows) => <Chosen opening={opening} versions={rows} />}
    </Answered>
  );
}

function Chosen({
  opening: { record },
  versions,
}: {
  readonly opening: Opening;
  readonly versions: readonly PactRow[];
}): ReactElement {
  const [digest, setDigest] = useQueryText('pact');
  const [file, setFile] = useState<PactSources | null>(null);
  const used = record.rows
    .filter(({ kind }) => kind === 'decided')
    .map(({ open }) => textAt(open, 'pact') ?? '');
  const wanted = [...new Set([...used, digest])].filter((each) => each !== '');
  const sources = useSources(record.agent, wanted);
  const own = used.map((each) => sources.get(each)).filter((each) => each !== undefined);
  const other = file ?? sources.get(digest) ?? null;
  return (
    <>
      <div className={classes['choose']}>
        <SelectField
          label="Another version of the pact"
          value={file === null ? digest : ''}
          options={[['', 'none'], ...versions.map(optionOf)]}
          onChange={(event) => {
            setFile(null);
            setDigest(event.target.value);
          }}
        />
        <PactFile around={own[0] ?? null} onChoose={setFile} />
      </div>
      {own.length < used.length ? (
        <LoadState what="the pacts" />
      ) : (
        <Replayed record={record} own={[...new Set(own)]} other={other} />
      )}
    </>
  );
}

function optionOf({ digest, state, at }: PactRow): readonly [string, string] {
  const day = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return [digest, `${digest.slice(7, 17)}, ${state}, ${day} UTC`];
}

function useSources(agent: string, digests: readonly string[]): ReadonlyMap<string, PactSources> {
  return useQueries({
    queries: digests.map((digest) => pactQuery(agent, digest)),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => (data === undefined ? [] : [[data.digest, data]]))),
  });
}

function Replayed({
  record,
  own,
  other,
}: {
  readonly record: Opening['record'];
  readonly own: readonly PactSources[];
  readonly other: PactSources | null;
}): ReactElement {
  const answer = useWorker(record, 'replay', { own, other });
  return (
    <Answered answer={answer} what="the replay">
      {(decisions) =>
        decisions === null || decisions.length === 0 ? (
          <EmptyState title="This session asked for nothing">
            What an agent asks for stands here beside what another pact would have said.
          </EmptyState>
        ) : (
          <Decisions session={record.session} decisions={decisions} hasOther={other !== null} />
        )
      }
    </Answered>
  );
}

function Decisions({
  session,
  decisions,
  hasOther,
}: {
  readonly session: string;
  readonly decisions: readonly ReplayedDecision[];
  readonly hasOther: boolean;
}): ReactElement {
  return (
    <div className={classes['replayed']}>
      <p role="status">{tallyText(decisions, hasOther)}</p>
      <PlainTable
        nothing=""
        rows={decisions.map((one) => [
          String(one.index),
          {
            Entry: <Link href={sessionPlace(session, one.index)}>{one.index}</Link>,
            Tool: <Visible text={one.tool ?? 'not declared'} />,
            Recorded: <VerdictBy verdict={one.recorded} rules={one.rules} />,
            'Made again': <Again one={one} />,
            ...(hasOther ? { 'Under the other pact': <Other one={one} /> } : {}),
          },
        ])}
      />
      {hasOther && (
        <p className={classes['soft']}>
          What the other pact would have refused would not have happened, and an agent that is told
          otherwise asks otherwise: this shows the decisions, not the session that would have been.
        </p>
      )}
    </div>
  );
}

function tallyText(decisions: readonly ReplayedDecision[], hasOther: boolean): string {
  const same = decisions.filter(({ standing }) => standing === 'recomputed').length;
  const made = `${same} of ${decisions.length} decisions made again here are the recorded ones.`;
  if (!hasOther) return made;
  const changed = decisions.filter(isChanged).length;
  return `${made} The other pact decides ${changed} of them otherwise.`;
}

function isChanged({ other, recorded }: ReplayedDecision): boolean {
  return other !== null && other.verdict !== recorded;
}

function Again({ one: { standing, why } }: { readonly one: ReplayedDecision }): ReactElement {
  const [tone, word] = STANDING_WORDS[standing];
  return (
    <span className={classes['line']}>
      <StatePill tone={tone}>{word}</StatePill>
      {why !== '' && <span className={classes['soft']}>{why}</span>}
    </span>
  );
}

function Other({ one }: { readonly one: ReplayedDecision }): ReactElement {
  const { other } = one;
  if (other === null) return <span className={classes['soft']}>not known</span>;
  return (
    <span className={classes['line']}>
      <VerdictBy verdict={other.verdict} rules={other.rules} />
      {isChanged(one) && <StatePill tone="accent">differs</StatePill>}
      <Basis basis={other.basis} />
    </span>
  );
}

function Basis({ basis }: Pick<OtherVerdict, 'basis'>): ReactElement | null {
  if (basis === 'reads') return null;
  return (
    <span className={classes['soft']}>
      asks for more than was read: worked out from this session alone
    </span>
  );
}

function VerdictBy({
  verdict,
  rules,
}: {
  readonly verdict: string;
  readonly rules: readonly string[];
}): ReactElement {
  return (
    <span className={classes['line']}>
      <Verdict kind={verdict} />
      <span className={classes['soft']}>
        <Visible text={[...new Set(rules)].join(', ')} />
      </span>
    </span>
  );
}
