import type { ReactElement } from 'react';

import type { OpenedAsk } from '../../data/approvals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { spanText } from '../../ui/time-text.ts';
import classes from './approvals.module.css';

type AskProps = { readonly ask: OpenedAsk };

/** The facts that were gathered for it, how old they are, and what is not known. */
export function FactsCard({ ask: { gathered } }: AskProps): ReactElement | null {
  if (gathered === null) return null;
  const { facts, missing } = gathered;
  if (facts.length === 0 && missing.length === 0) return null;
  return (
    <Section title="Facts" isCard>
      <ul className={classes['list']}>
        {facts.map(({ name, value, source, ageMs, isFresh }) => (
          <li key={name}>
            <strong>
              <Visible text={name} />
            </strong>{' '}
            <Visible text={JSON.stringify(value)} /> from <Visible text={source} />,{' '}
            {spanText(ageMs)} old {!isFresh && <StatePill tone="warn">too old</StatePill>}
          </li>
        ))}
        {missing.map((name) => (
          <li key={name}>
            <strong>
              <Visible text={name} />
            </strong>{' '}
            <StatePill tone="warn">not known</StatePill>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What its session has seen so far. */
export function SessionCard({ ask: { gathered } }: AskProps): ReactElement | null {
  if (gathered === null) return null;
  const { task, room, labels, claims, refusals } = gathered.session;
  return (
    <Section title="Its session so far" isCard>
      <Facts
        rows={{
          Task: task === null ? 'none' : <Visible text={task} />,
          Room: room === null ? null : <Visible text={room} />,
          Labels:
            labels.length === 0 ? (
              'none: nothing untrusted came in'
            ) : (
              <StatePill tone="warn">{labels.join(', ')}</StatePill>
            ),
          Claims: claims.length === 0 ? null : <Visible text={claims.join(', ')} />,
          'Refused before': String(refusals),
        }}
      />
    </Section>
  );
}
