import type { Section as Sentences } from '@plumbline/core';
import type { ReactElement } from 'react';

import { Section } from '../../../ui/page.tsx';
import { WithCode } from '../../../ui/with-code.tsx';
import classes from '../agent.module.css';

/** What a pact means, in plain sentences. */
export function PactWords({
  sections,
}: {
  readonly sections: readonly Sentences[] | null;
}): ReactElement {
  if (sections === null) {
    return (
      <Section title="In words" isCard>
        <p className={classes['soft']}>Once it has no error, what it means is said here.</p>
      </Section>
    );
  }
  return (
    <Section title="In words" isCard>
      {sections.map(({ title, lines }) => (
        <div key={title} className={classes['tight']}>
          <h3>
            <WithCode text={title} />
          </h3>
          <ul className={classes['lines']}>
            {lines.map((line) => (
              <li key={line}>
                <WithCode text={line} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Section>
  );
}
