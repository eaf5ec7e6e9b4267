import type { ReactElement } from 'react';

import { Button } from '../../ui/button.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import type { Check, Checked } from './check-entry.ts';
import classes from './evidence.module.css';
import { useCheck } from './use-check.ts';

const MARKS: Readonly<Record<Check['state'], readonly [Tone, string]>> = {
  holds: ['good', 'holds'],
  first: ['warn', 'first sight'],
  fails: ['danger', 'does not hold'],
};

/** What was checked in this browser, step by step, with the numbers. */
export function ChecksList({
  index,
  entry,
}: {
  readonly index: number;
  readonly entry: Uint8Array;
}): ReactElement {
  const answer = useCheck(index, entry);
  return (
    <Section
      title="Checked in this browser"
      isCard
      actions={
        <Button isSmall disabled={answer.isFetching} onClick={() => void answer.refetch()}>
          Check again
        </Button>
      }
    >
      <Answered answer={answer} what="the checks">
        {(checked) => <Steps checked={checked} />}
      </Answered>
    </Section>
  );
}

function Steps({ checked: { checks, standing } }: { readonly checked: Checked }): ReactElement {
  return (
    <>
      <p role="status" className={classes['verdict']}>
        {standing === null ? (
          <StatePill tone="danger">do not rely on this entry</StatePill>
        ) : standing.exitCode === 0 ? (
          // Nothing outside of this browser bears witness, so it is no green light.
          <StatePill tone="accent">anchored in this browser</StatePill>
        ) : (
          <StatePill tone="warn">{standing.rung.toLowerCase()}</StatePill>
        )}
        {standing !== null && standing.open.length > 0 && (
          <span className={classes['open']}>Not shown by this: {standing.open.join('; ')}.</span>
        )}
      </p>
      <ol className={classes['steps']}>
        {checks.map((check) => (
          <Step key={check.name} check={check} />
        ))}
      </ol>
    </>
  );
}

function Step({ check: { name, state, said, numbers } }: { readonly check: Check }): ReactElement {
  const [tone, word] = MARKS[state];
  return (
    <li>
      <h3 className={classes['step']}>
        {name} <StatePill tone={tone}>{word}</StatePill>
      </h3>
      <p>{said}</p>
      <details>
        <summary>Numbers</summary>
        <Facts
          rows={Object.fromEntries(
            Object.entries(numbers).map(([what, value]) => [what, <code key={what}>{value}</code>]),
          )}
        />
      </details>
    </li>
  );
}
