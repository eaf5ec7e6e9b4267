import { useQueries } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';

import { ownerOf } from '../../data/around.ts';
import { pactQuery, type PactRow, type PactSources, usePacts } from '../../data/pacts.ts';
import { SelectField } from '../../ui/field.tsx';
import { Answered, EmptyState, LoadState } from '../../ui/states.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { PactFile } from './pact-file.tsx';
import { textAt } from './open-part.ts';
import { ReplayList } from './replay-list.tsx';
import { SealedNote } from './sealed-note.tsx';
import classes from './trace.module.css';
import { type Opening, useWorker } from './use-record.ts';

/** Every decision of the session beside what another pact makes of it, made in the browser. */
export function ReplayView({ opening }: { readonly opening: Opening }): ReactElement {
  const { record } = opening;
  const versions = usePacts(ownerOf(record.agent));
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
  const { sources, isSettled } = useSources(ownerOf(record.agent), wanted);
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
      {!isSettled ? (
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

type Known = {
  readonly sources: ReadonlyMap<string, PactSources>;
  /** Whether each was answered; one that is not kept is none. */
  readonly isSettled: boolean;
};

function useSources(agent: string, digests: readonly string[]): Known {
  return useQueries({
    queries: digests.map((digest) => pactQuery(agent, digest)),
    combine: (answers) => ({
      sources: new Map(
        answers.flatMap(({ data }) => (data === undefined ? [] : [[data.digest, data]])),
      ),
      isSettled: answers.every(({ isPending }) => !isPending),
    }),
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
          <ReplayList {...{ record, own, other, decisions }} />
        )
      }
    </Answered>
  );
}
