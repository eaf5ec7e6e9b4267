import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { agentPlace, entryPlace, sessionPlace } from '../../data/places.ts';
import { useRefusals } from '../../data/refusals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';

const MOST = 3;

/** What was refused last, one press from why; nothing while nothing was. */
export function RefusedLately(): ReactNode {
  const { data: refusals = [] } = useRefusals(MOST);
  if (refusals.length === 0) return null;
  return (
    <Section title="Refused lately">
      <PlainTable
        nothing=""
        rows={refusals.map(({ index, at, agent, session, tool }) => [
          String(index),
          {
            'What was asked': (
              <Link href={session === null ? entryPlace(index) : sessionPlace(session, index)}>
                <Visible text={tool ?? 'a call'} />
              </Link>
            ),
            Agent: agent === null ? '' : <Link href={agentPlace(agent)}>{agent}</Link>,
            When: <Time at={at} isInRow />,
            Entry: <Link href={entryPlace(index)}>{index}</Link>,
          },
        ])}
      />
    </Section>
  );
}
