import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { type ActionRow, useActionsBefore } from '../../data/agent-actions.ts';
import type { Halt } from '../../data/halts.ts';
import { agentPlace, entryPlace, sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Verdict } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';

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
          rows={rows.filter(isMeant).slice(0, MOST).map(rowOf)}
        />
      )}
    </Answered>
  );
}

function rowOf(row: ActionRow): readonly [string, Readonly<Record<string, ReactNode>>] {
  const { index, at, tool, verdict, rules, outcome, session } = row;
  return [
    String(index),
    {
      Action: (
        <Link href={sessionPlace(session, index)}>
          <Visible text={tool ?? 'a call'} />
        </Link>
      ),
      Verdict: <Verdict kind={verdict} />,
      'By rule': <Visible text={rules.join(', ')} />,
      Outcome: outcome ?? '',
      When: <Time at={at} isInRow />,
      Entry: <Link href={entryPlace(index)}>{index}</Link>,
    },
  ];
}
