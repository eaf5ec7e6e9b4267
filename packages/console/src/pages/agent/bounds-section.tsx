import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { type AgentBound, useAgentBounds } from '../../data/agent-bounds.ts';
import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import classes from './agent.module.css';
import { emptyText, mostText, toneOf, usedPart, useText } from './bound-words.ts';

/** How much is left of the limits and budgets of an agent, and what happens when nothing is. */
export function BoundsSection({ agent }: { readonly agent: string }): ReactNode {
  const answer = useAgentBounds(agent);
  if (answer.data?.length === 0) return null;
  return (
    <Section title="Limits and budgets">
      <Answered answer={answer} what="the limits">
        {(bounds) => (
          <PlainTable
            nothing=""
            rows={bounds.map((bound, place) => [`${bound.rule} ${place}`, cellsOf(bound)])}
          />
        )}
      </Answered>
    </Section>
  );
}

function cellsOf(bound: AgentBound): Readonly<Record<string, ReactNode>> {
  const { rule, tools, endsAtMs } = bound;
  return {
    Rule: <Visible text={rule} />,
    Tools: <Visible text={tools.join(', ')} />,
    'At most': <Visible text={mostText(bound)} />,
    Used: <Used bound={bound} />,
    'Anew in': endsAtMs === null ? '' : <Countdown until={endsAtMs} />,
    'When used up': emptyText(bound),
  };
}

function Used({ bound }: { readonly bound: AgentBound }): ReactElement {
  const { rule, session, emptySessions, per } = bound;
  const text = useText(bound);
  if (text === null) return <>each call by itself</>;
  const label = `Used of ${mostText(bound)} by ${rule}`;
  return (
    <div className={classes['used']}>
      <Meter label={label} part={usedPart(bound)} text={text} tone={toneOf(bound)} />
      <span>{text}</span>
      {per.kind === 'session' && (
        <span className={classes['soft']}>
          {session === null ? (
            'in no open session'
          ) : (
            <>
              in <Link href={sessionPlace(session)}>the session that used most</Link>
              {emptySessions > 0 && `; used up in ${emptySessions}`}
            </>
          )}
        </span>
      )}
    </div>
  );
}
