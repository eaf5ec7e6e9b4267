import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changeOf, replaySummary } from './replay-words.ts';
import type { ReplayedDecision } from './worker/replay.ts';

function decision(
  recorded: ReplayedDecision['recorded'],
  other: ReplayedDecision['recorded'] | null,
  of: Partial<ReplayedDecision> = {},
): ReplayedDecision {
  const told = { index: 1, at: 1, tool: 'pay', rules: ['a'], why: '' };
  const verdict = other === null ? null : { verdict: other, rules: ['a'], basis: 'reads' as const };
  return { ...told, recorded, standing: 'recomputed', other: verdict, ...of };
}

test('replay: says what changed, from which verdict to which', () => {
  const rules = { verdict: 'allow', rules: ['b'], basis: 'reads' } as const;
  const decisions = [
    decision('allow', 'deny'),
    decision('allow', 'deny'),
    decision('deny', 'step_up'),
    decision('allow', 'allow', { other: rules }),
    decision('allow', null, { standing: 'erased' }),
  ];
  assert.deepEqual(decisions.map(changeOf), [
    'other verdict',
    'other verdict',
    'other verdict',
    'other rules',
    'not known',
  ]);
  assert.equal(
    replaySummary(decisions, true),
    '4 of 5 decisions made again here are the recorded ones. 1 cannot be made again: what they ' +
      'were made from is erased. The other pact decides 3 of them otherwise: 2 from “allowed” to ' +
      '“refused”; 1 from “refused” to “a person is asked”. It decides 1 the same by other rules.',
  );
  assert.equal(
    replaySummary([decision('allow', null)], false),
    '1 of 1 decisions made again here are the recorded ones.',
  );
});
