import type { ReactElement } from 'react';

import { type PactRow, usePact } from '../../data/pacts.ts';
import { Section } from '../../ui/page.tsx';
import { CodeView } from '../../ui/code-view.tsx';
import { Answered } from '../../ui/states.tsx';
import { MeaningDiff } from './meaning-diff.tsx';

/** One version: what it means differently from the armed one, and its files. */
export function VersionView({
  agent,
  row,
  armed,
}: {
  readonly agent: string;
  readonly row: PactRow;
  readonly armed: string | null;
}): ReactElement {
  return (
    <Answered answer={usePact(agent, row.digest)} what="the version">
      {({ entry, files }) => (
        <>
          {row.digest !== armed && (
            <Section title="What it means differently">
              <MeaningDiff agent={agent} after={{ entry, files }} />
            </Section>
          )}
          {Object.entries(files)
            .toSorted(([one], [other]) => Number(other === entry) - Number(one === entry))
            .map(([name, text]) => (
              <Section key={name} title={name}>
                <CodeView label={`the file ${name}`} text={text} />
              </Section>
            ))}
        </>
      )}
    </Answered>
  );
}
