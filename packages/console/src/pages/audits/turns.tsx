import type { ReactElement } from 'react';

import type { AuditItem } from '../../data/audits.ts';
import { CodeView, Visible } from '../../ui/code-view.tsx';
import { StatePill, TrustLabel, type Tone } from '../../ui/marks.tsx';
import { Facts } from '../../ui/page.tsx';
import classes from './audits.module.css';

type Turn = AuditItem['turns'][number];

/** What was asked and what was done, in order, as text. */
export function Turns({ item }: { readonly item: AuditItem }): ReactElement {
  const { agent, task, attributes, turns, leftOut } = item;
  const said = Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes);
  return (
    <>
      <Facts
        rows={{
          Agent: agent,
          Task: task === null ? null : <Visible text={task} />,
          Attributes: said === null ? null : <Visible text={said} />,
        }}
      />
      <ol className={classes['turns']}>
        {turns.map((turn, place) => (
          <li key={place} className={classes['turn']}>
            <TurnShown turn={turn} place={place} />
          </li>
        ))}
      </ol>
      {leftOut > 0 && <p className={classes['soft']}>{leftOut} turns are too many to show.</p>}
    </>
  );
}

const WAS: Readonly<Record<Extract<Turn, { kind: 'action' }>['was'], readonly [Tone, string]>> = {
  'let-through': ['good', 'let through'],
  refused: ['danger', 'refused'],
  asked: ['warn', 'asked a person'],
};

function TurnShown({ turn, place }: { readonly turn: Turn; readonly place: number }): ReactElement {
  if (turn.kind === 'message') {
    return (
      <>
        <span className={classes['who']}>
          <TrustLabel trust={turn.from}>
            {turn.from === 'principal' ? 'who asked' : 'a stranger'}
          </TrustLabel>
        </span>
        <CodeView label={`message ${place + 1}`} text={turn.text} />
      </>
    );
  }
  const [tone, word] = WAS[turn.was];
  return (
    <>
      <span className={classes['who']}>
        <strong>
          <Visible text={turn.tool} />
        </strong>
        <StatePill tone={tone}>{word}</StatePill>
      </span>
      <CodeView label={`arguments ${place + 1}`} text={JSON.stringify(turn.args, null, 2)} />
      {turn.result !== null && turn.result !== undefined && (
        <details>
          <summary>What came back</summary>
          <CodeView label={`result ${place + 1}`} text={textOf(turn.result)} />
        </details>
      )}
    </>
  );
}

function textOf(result: unknown): string {
  return typeof result === 'string' ? result : JSON.stringify(result, null, 2);
}
