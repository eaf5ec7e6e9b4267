import { type ReactElement, useState } from 'react';

import { useFleetAgent } from '../../../data/fleet.ts';
import { type PactFiles, type PactVersion, usePact, usePactHistory } from '../../../data/pacts.ts';
import { useSession } from '../../../data/session.ts';
import { StatePill, type Tone } from '../../../ui/marks.tsx';
import { Section } from '../../../ui/page.tsx';
import { ErrorState, LoadState } from '../../../ui/states.tsx';
import classes from '../agent.module.css';
import { MeaningDiff } from '../meaning-diff.tsx';
import { Beginnings } from './beginnings.tsx';
import { CaseList } from './case-list.tsx';
import { ConflictNote } from './conflict-note.tsx';
import { DiagnosticList } from './diagnostic-list.tsx';
import { PactEditor } from './pact-editor.tsx';
import { PactButtons } from './pact-buttons.tsx';
import { PactFilesBar } from './pact-files.tsx';
import { PactWords } from './pact-words.tsx';
import { type Desk, useDesk } from './use-desk.ts';

/** The pact of an agent: written, checked as it is typed, compared, tried and published. */
export function PactTab({ agent }: { readonly agent: string }): ReactElement {
  const fleet = useFleetAgent(agent);
  const armed = fleet.data?.pact ?? null;
  const version = usePact(agent, armed);
  const [known, setKnown] = useState<PactVersion | null>(null);
  if (version.data !== undefined && version.data !== known) setKnown(version.data);
  if (fleet.data === undefined) return <LoadState what="the pact" />;
  // While another version is fetched the one before stands: nothing that is open closes.
  const shown = armed === null ? null : (version.data ?? known);
  if (armed !== null && shown === null) {
    return version.error === null ? (
      <LoadState what="the pact" />
    ) : (
      <ErrorState error={version.error} what="the pact" onRetry={() => void version.refetch()} />
    );
  }
  return <Writing agent={agent} digest={shown?.digest ?? null} armed={shown} />;
}

type WritingProps = {
  readonly agent: string;
  readonly digest: string | null;
  readonly armed: PactFiles | null;
};

/** Another pact may be armed while somebody writes: what they wrote stays, and both are shown. */
function Writing({ agent, digest, armed }: WritingProps): ReactElement {
  const desk = useDesk(agent, digest, armed);
  const obstacle = obstacleOf(desk, digest);
  const { shown, file, study, isChanged, isConflict, mayWrite } = desk;
  const theirs = usePactHistory(agent).data?.rows.find((row) => row.digest === digest);
  const owner = useSession().data?.person ?? '';
  return (
    <div className={classes['stack']}>
      {isConflict && theirs !== undefined && (
        <ConflictNote
          agent={agent}
          base={shown.base}
          armed={theirs}
          onTakeTheirs={desk.discard}
          onKeepMine={() => desk.keep({ ...shown, base: digest })}
        />
      )}
      {mayWrite && !isChanged && (armed === null || study?.pact?.tools.length === 0) && (
        <Beginnings
          agent={agent}
          owner={owner}
          isArmed={armed !== null}
          onDraft={(made) => desk.write(made, made.entry)}
        />
      )}
      <div className={classes['toolbar']}>
        <PactFilesBar
          agent={agent}
          draft={shown}
          file={file}
          mayWrite={mayWrite}
          noteOf={desk.noteOf}
          onFile={desk.open}
          onDraft={desk.write}
          onFormat={desk.format}
        />
        <Standing desk={desk} isArmed={armed !== null} obstacle={obstacle} />
        {mayWrite && (
          <PactButtons
            agent={agent}
            draft={shown}
            isChanged={isChanged}
            digest={isChanged || armed === null ? desk.ready : null}
            used={study?.used ?? []}
            failed={desk.failed}
            obstacle={obstacle}
            onDiscard={desk.discard}
            onPublished={() => desk.keep(null)}
          />
        )}
      </div>
      <Board agent={agent} desk={desk} />
    </div>
  );
}

/** What is written, beside what it means. */
function Board({ agent, desk }: { readonly agent: string; readonly desk: Desk }): ReactElement {
  const { shown, file, study, isChanged, mayWrite, findings } = desk;
  return (
    <div className={classes['desk']}>
      <div className={classes['tight']}>
        <PactEditor
          ref={desk.editor}
          file={file}
          round={desk.round}
          isReadOnly={!mayWrite}
          start={shown.files[file] ?? ''}
          findings={desk.marks}
          known={desk.known}
          aim={desk.aim}
          onText={desk.type}
          onStep={desk.step}
          onFormat={desk.format}
        />
        <Keys mayWrite={mayWrite} />
        <DiagnosticList findings={findings} isRead={study !== null} onGo={desk.goTo} />
      </div>
      <div className={classes['stack']}>
        {isChanged && study?.pact != null && (
          <Section title="What it means differently">
            <MeaningDiff agent={agent} after={desk.settled} />
          </Section>
        )}
        {study?.pact != null && <CaseList report={study.pact.cases} onGo={desk.goTo} />}
        <PactWords sections={study?.pact?.sections ?? null} />
      </div>
    </div>
  );
}

function Standing({
  desk: { isChanged },
  isArmed,
  obstacle,
}: {
  readonly desk: Desk;
  readonly isArmed: boolean;
  readonly obstacle: string | null;
}): ReactElement {
  const [tone, words]: readonly [Tone, string] = isChanged
    ? ['warn', `draft, kept in this tab${obstacle === null ? '' : `: ${obstacle}`}`]
    : ['plain', isArmed ? 'armed' : 'not written yet'];
  return (
    <span className={classes['standing']}>
      <StatePill tone={tone}>{words}</StatePill>
    </span>
  );
}

function Keys({ mayWrite }: { readonly mayWrite: boolean }): ReactElement {
  return (
    <p className={classes['keys']}>
      <kbd>F8</kbd> next fault, <kbd>Shift F8</kbd> the one before
      {mayWrite && (
        <>
          , <kbd>Ctrl Space</kbd> words, <kbd>Alt Shift F</kbd> format
        </>
      )}
      , <kbd>Tab</kbd> leaves the editor.
    </p>
  );
}

function obstacleOf(
  { ready, isConflict }: Pick<Desk, 'ready' | 'isConflict'>,
  armed: string | null,
): string | null {
  if (isConflict) return 'somebody else published meanwhile';
  return ready !== null && ready === armed ? 'it means what is armed' : null;
}
