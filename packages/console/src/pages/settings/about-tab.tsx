import type { ReactElement } from 'react';

import { useLogStatus } from '../../data/log.ts';
import { Facts, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';

/** Which log this daemon writes. */
export function AboutTab(): ReactElement {
  return (
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
  );
}
