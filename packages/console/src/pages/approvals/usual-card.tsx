import type { ReactElement } from 'react';

import type { OpenedAsk } from '../../data/approvals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import classes from './approvals.module.css';

type Usual = NonNullable<OpenedAsk['usual']>;

const VERDICTS: Readonly<Record<string, string>> = {
  allow: 'let through',
  modify: 'rewritten',
  step_up: 'asked about',
  defer: 'put off',
  deny: 'refused',
};

/** How the action differs from the last ones of the same tool. */
export function UsualCard({ ask }: { readonly ask: OpenedAsk }): ReactElement | null {
  const { usual, tool } = ask;
  if (usual === null) return null;
  return (
    <Section title="Difference from usual" isCard>
      {usual.compared === 0 ? (
        <p className={classes['soft']}>
          {usual.looked === 0
            ? 'The agent never used this tool before.'
            : 'No earlier use of this tool can be opened any more.'}
        </p>
      ) : (
        <>
          <Differences usual={usual} />
          <p className={classes['soft']}>
            Beside the last {usual.compared} uses of <Visible text={tool} />: {countsText(usual)}.
          </p>
        </>
      )}
    </Section>
  );
}

function Differences({ usual: { differences } }: { readonly usual: Usual }): ReactElement {
  if (differences.length === 0) {
    return <p>None: every value stood there before, and no number is beyond the others.</p>;
  }
  return (
    <ul className={classes['list']}>
      {differences.map(({ path, what, low, high }) => (
        <li key={`${path} ${what}`}>
          <strong>
            <Visible text={path} />
          </strong>{' '}
          <StatePill tone="warn">{wordOf(what)}</StatePill>
          {low !== null && high !== null && ` ${low} to ${high} before`}
        </li>
      ))}
    </ul>
  );
}

function wordOf(what: Usual['differences'][number]['what']): string {
  switch (what) {
    case 'new-argument':
      return 'never given before';
    case 'left-out':
      return 'always given before';
    case 'new-value':
      return 'a new value';
    case 'above':
      return 'above all others';
    case 'below':
      return 'below all others';
  }
}

function countsText({ verdicts }: Usual): string {
  return Object.entries(verdicts)
    .map(([verdict, count]) => `${count} ${VERDICTS[verdict] ?? verdict}`)
    .join(', ');
}
