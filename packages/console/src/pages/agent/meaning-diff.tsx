import type { Change } from '@plumbline/core';
import { type ReactElement, useMemo } from 'react';

import { useFleetAgent } from '../../data/fleet.ts';
import { type PactFiles, usePact } from '../../data/pacts.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Answered, LoadState } from '../../ui/states.tsx';
import { WithCode } from '../../ui/with-code.tsx';
import classes from './agent.module.css';
import { useWorker } from './worker/use-worker.ts';

const WORDS: Readonly<Record<Change['kind'], readonly [Tone, string]>> = {
  widened: ['danger', 'wider'],
  relaxed: ['danger', 'no longer asks'],
  narrowed: ['good', 'narrower'],
  asks: ['good', 'now asks'],
  setting: ['plain', 'setting'],
  undetermined: ['warn', 'not decided'],
};

/** What a version means differently from the one that is armed. */
export function MeaningOf({
  agent,
  digest,
}: {
  readonly agent: string;
  readonly digest: string;
}): ReactElement {
  const version = usePact(agent, digest);
  return (
    <Answered answer={version} what="the version">
      {({ entry, files }) => <MeaningDiff agent={agent} after={{ entry, files }} />}
    </Answered>
  );
}

/** What a pact would mean differently from the one that is armed. */
export function MeaningDiff({
  agent,
  after,
}: {
  readonly agent: string;
  readonly after: PactFiles;
}): ReactElement {
  const fleet = useFleetAgent(agent);
  const armed = fleet.data?.pact ?? null;
  const { data: before } = usePact(agent, armed);
  if (fleet.data !== undefined && armed === null) {
    return <p className={classes['soft']}>No pact is armed: this would be the first.</p>;
  }
  if (before === undefined) return <LoadState what="the armed pact" />;
  return <Compared before={before} after={after} than="the armed pact" />;
}

/** What one pact means differently from another. */
export function Compared({
  before,
  after,
  than,
}: {
  readonly before: PactFiles;
  readonly after: PactFiles;
  /** What the one before is called: `the armed pact`. */
  readonly than: string;
}): ReactElement {
  const asked = useMemo(
    () => ({
      before: { entry: before.entry, files: before.files },
      after: { entry: after.entry, files: after.files },
    }),
    [before, after],
  );
  return (
    <Answered answer={useWorker('compare', asked)} what="what changes">
      {(changes) => <ChangeList changes={changes} than={than} />}
    </Answered>
  );
}

function ChangeList({
  changes,
  than,
}: {
  readonly changes: readonly Change[] | null;
  readonly than: string;
}): ReactElement {
  if (changes === null) {
    return <p className={classes['soft']}>It cannot be compared while it has errors.</p>;
  }
  if (changes.length === 0) {
    return <p className={classes['soft']}>It means the same as {than}.</p>;
  }
  return (
    <div className={classes['tight']}>
      <h3>
        {changes.length === 1 ? 'One thing means' : `${changes.length} things mean`} something else
        than in {than}
      </h3>
      <ul className={classes['changes']} tabIndex={0} aria-label="What changes">
        {changes.map((change, place) => (
          <ChangeRow key={`${place} ${change.about}`} change={change} />
        ))}
      </ul>
    </div>
  );
}

function ChangeRow({ change: { kind, text, example } }: { readonly change: Change }): ReactElement {
  const [tone, word] = WORDS[kind];
  return (
    <li className={classes['change']}>
      <StatePill tone={tone}>{word}</StatePill>
      <span>
        <WithCode text={text} />
        {example !== null && (
          <code className={classes['example']}>
            <Visible text={exampleText(example)} />
          </code>
        )}
      </span>
    </li>
  );
}

function exampleText({ tool, args, before, after }: NonNullable<Change['example']>): string {
  return `${tool}(${JSON.stringify(args)}): ${before} → ${after}`;
}
