import type { ReactNode } from 'react';
import { Link } from 'wouter';

import type { ActionRow } from '../data/agent-actions.ts';
import { entryPlace, sessionPlace } from '../data/places.ts';
import { Visible } from './code-view.tsx';
import { Verdict } from './marks.tsx';
import { Time } from './time.tsx';

/** An action as a row of a plain table: what was asked, what was said to it, what became of it. */
export function actionRow(row: ActionRow): readonly [string, Readonly<Record<string, ReactNode>>] {
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
