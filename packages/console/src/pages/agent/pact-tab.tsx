import { type ReactElement, useMemo, useState } from 'react';

import { useFleetAgent } from '../../data/fleet.ts';
import { type PactFiles, usePact } from '../../data/pacts.ts';
import { useMay } from '../../data/session.ts';
import { SelectField } from '../../ui/field.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered, LoadState } from '../../ui/states.tsx';
import classes from './agent.module.css';
import { DiagnosticList } from './diagnostic-list.tsx';
import { draftOf, firstPact, keepDraft } from './draft.ts';
import { MeaningDiff } from './meaning-diff.tsx';
import { PactButtons } from './pact-buttons.tsx';
import { PactEditor } from './pact-editor.tsx';
import { PactWords } from './pact-words.tsx';
import { useSettled } from './use-settled.ts';
import { useWorker } from './worker/use-worker.ts';

/** The pact of an agent: written, checked as it is typed, compared, tried and published. */
export function PactTab({ agent }: { readonly agent: string }): ReactElement {
  const fleet = useFleetAgent(agent);
  const armed = fleet.data?.pact ?? null;
  const version = usePact(agent, armed);
  if (fleet.data === undefined) return <LoadState what="the pact" />;
  if (armed === null) return <Writing agent={agent} digest={null} armed={null} />;
  return (
    <Answered answer={version} what="the pact">
      {(known) => <Writing agent={agent} digest={armed} armed={known} />}
    </Answered>
  );
}

const SETTLED_MS = 250;

type WritingProps = {
  readonly agent: string;
  readonly digest: string | null;
  readonly armed: PactFiles | null;
};

/** Another pact may be armed while somebody writes: what they wrote stays. */
function Writing({ agent, digest, armed }: WritingProps): ReactElement {
  const [draft, setDraft] = useState(() => draftOf(agent));
  const [{ base, round }, setBase] = useState({ base: digest, round: 0 });
  if (draft === null && base !== digest) setBase({ base: digest, round });
  const start = useMemo<PactFiles>(
    () => (armed === null ? firstPact(agent) : { entry: armed.entry, files: armed.files }),
    [agent, armed],
  );
  const shown = draft ?? start;
  const [file, setFile] = useState(shown.entry);
  const mayWrite = useMay('administer');
  const settled = useSettled(shown, SETTLED_MS);
  const study = useWorker('study', settled);
  const isChanged = draft !== null && !isSame(draft, start);
  const write = (text: string): void => {
    const next = { entry: shown.entry, files: { ...shown.files, [file]: text } };
    keepDraft(agent, isSame(next, start) ? null : next);
    setDraft(next);
  };
  const discard = (): void => {
    keepDraft(agent, null);
    setFile(start.entry);
    setDraft(null);
    setBase({ base: digest, round: round + 1 });
  };
  const diagnostics = study.data?.diagnostics ?? [];
  const found = study.data?.pact ?? null;
  const isReady = found !== null && settled === shown && !study.isPlaceholderData;
  return (
    <div className={classes['stack']}>
      <div className={classes['bar']}>
        <FileChoice draft={shown} file={file} onFile={setFile} />
        <StatePill tone={isChanged ? 'warn' : 'plain'}>
          {isChanged ? 'changed, not published' : armed === null ? 'not written yet' : 'armed'}
        </StatePill>
        {mayWrite && (
          <PactButtons
            agent={agent}
            draft={shown}
            isChanged={isChanged}
            isReady={isReady && (isChanged || armed === null)}
            onDiscard={discard}
          />
        )}
      </div>
      <div className={classes['desk']}>
        <div className={classes['tight']}>
          <PactEditor
            key={`${file} ${base ?? ''} ${round}`}
            label={`The file ${file}`}
            isReadOnly={!mayWrite}
            start={shown.files[file] ?? ''}
            diagnostics={diagnostics.filter((one) => one.file === file)}
            onText={write}
          />
          <DiagnosticList diagnostics={diagnostics} isRead={study.data !== undefined} />
        </div>
        <div className={classes['stack']}>
          {isChanged && found !== null && (
            <Section title="What it means differently">
              <MeaningDiff agent={agent} after={settled} />
            </Section>
          )}
          <PactWords sections={found?.sections ?? null} />
        </div>
      </div>
    </div>
  );
}

function FileChoice({
  draft: { files, entry },
  file,
  onFile,
}: {
  readonly draft: PactFiles;
  readonly file: string;
  readonly onFile: (file: string) => void;
}): ReactElement {
  const names = Object.keys(files);
  if (names.length < 2) return <code className={classes['file']}>{entry}</code>;
  return (
    <SelectField
      label="File"
      value={file}
      options={names.map((name) => [name, name === entry ? `${name} (first)` : name] as const)}
      onChange={(event) => onFile(event.target.value)}
    />
  );
}

function isSame(one: PactFiles, other: PactFiles): boolean {
  const names = Object.keys(one.files);
  return (
    one.entry === other.entry &&
    names.length === Object.keys(other.files).length &&
    names.every((name) => one.files[name] === other.files[name])
  );
}
