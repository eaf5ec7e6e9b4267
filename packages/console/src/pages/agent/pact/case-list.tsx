import type { CaseReport } from '@plumbline/core';
import type { ReactElement } from 'react';

import { Visible } from '../../../ui/code-view.tsx';
import { StatePill, Verdict } from '../../../ui/marks.tsx';
import { Section } from '../../../ui/page.tsx';
import { WithCode } from '../../../ui/with-code.tsx';
import classes from '../agent.module.css';
import type { Spot } from './pact-editor.tsx';

const MOST = 200;

/** The cases beside a pact, decided as one types: as `plumb pact test` does. */
export function CaseList({
  report: { results, uncovered },
  onGo,
}: {
  readonly report: CaseReport;
  readonly onGo: (spot: Spot) => void;
}): ReactElement {
  const failed = results.filter(({ why }) => why !== null);
  const sorted = [...failed, ...results.filter(({ why }) => why === null)];
  return (
    <Section title="Cases">
      <p role="status" className={classes['soft']}>
        {countText(results.length, failed.length)}
        {uncovered.length > 0 &&
          results.length > 0 &&
          ` No passing case shows: ${uncovered.map(({ id }) => id).join(', ')}.`}
      </p>
      {results.length > 0 && (
        <ul className={classes['changes']} aria-label="Cases">
          {sorted.slice(0, MOST).map(({ id, place, actual, why }) => (
            <li key={`${place.file} ${place.line} ${id}`} className={classes['change']}>
              <StatePill tone={why === null ? 'good' : 'danger'}>
                {why === null ? 'passes' : 'fails'}
              </StatePill>
              <span>
                <button type="button" className={classes['spot']} onClick={() => onGo(place)}>
                  <Visible text={id} />
                </button>{' '}
                {why === null ? <Verdict kind={actual} /> : <WithCode text={why} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function countText(count: number, failed: number): string {
  if (count === 0) {
    return 'None yet: a case is an action with the verdict it must get. Files ▾, Add a file.';
  }
  const all = `${count} ${count === 1 ? 'case' : 'cases'}`;
  if (failed === 0) return count === 1 ? 'The one case passes.' : `All ${all} pass.`;
  return `${failed} of ${all} ${failed === 1 ? 'fails' : 'fail'}.`;
}
