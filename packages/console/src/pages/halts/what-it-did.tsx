import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { type ActionRow, useActionsBefore } from '../../data/agent-actions.ts';
import type { Halt } from '../../data/halts.ts';
import { agentPlace } from '../../data/places.ts';
import { actionRow } from '../../ui/action-row.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const MOST = 10;

/** The last actions of what was halted, before it was: what whoever is called has to look at. */
export function WhatItDid({ halt }: { readonly halt: Halt }): ReactNode {
  const { agent } = halt;
  if (agent === null) return null;
  return (
    <Section
      title="What it did before"
      actions={<Link href={agentPlace(agent, 'actions')}>All actions</Link>}
    >
      <LastActions agent={agent} halt={halt} />
    </Section>
  );
}

function LastActions({
  agent,
  halt: { index, scope, target },
}: {
  readonly agent: string;
  readonly halt: Halt;
}): ReactElement {
  const answer = useActionsBefore(agent, index, scope === 'tool' ? target : '');
  const isMeant = ({ session }: ActionRow): boolean => scope !== 'session' || session === target;
  return (
    <Answered answer={answer} what="what it did">
      {(rows) => (
        <PlainTable
          nothing="It had done nothing."
          rows={rows.filter(isMeant).slice(0, MOST).map(actionRow)}
        />
      )}
    </Answered>
  );
}
