import type { ReactElement } from 'react';

import { useLogStatus } from '../../data/log.ts';
import { Facts, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';

/** Which log this daemon writes, and what is kept how long. */
export function AboutTab(): ReactElement {
  return (
    <>
      <Section title="This daemon" isCard>
        <Answered answer={useLogStatus()} what="the log">
          {({ origin, start, verifierKey }) => (
            <Facts
              rows={{
                'Origin of the log': <code>{origin}</code>,
                'Log key': <code>{verifierKey}</code>,
                'Its first entry': start.toLocaleString('en'),
              }}
            />
          )}
        </Answered>
      </Section>
      <Section title="Retention" isCard>
        <p>
          The log keeps every entry: one that is taken out would break every later proof. What is
          personal is sealed under its subject’s own key, and is erased by destroying that key; the
          entry stays, and its content is gone for everybody.
        </p>
        <p>
          <code>plumb subject erase</code> erases one subject. Rolling the log over (
          <code>plumb log roll</code>) begins another, so that an old one can be put away whole.
        </p>
      </Section>
    </>
  );
}
