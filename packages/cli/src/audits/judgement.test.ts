import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stop } from '../stop.ts';
import { judgementOf } from './judgement.ts';

test('judgement: findings, notes and labels are read claim by claim', () => {
  const given = {
    resolved: 'no',
    claim: ['c1=right', 'c2=wrong:it says: Friday', 'c3=unsure'],
    label: ['c2=should-ask'],
    note: 'late',
  };
  assert.deepEqual(judgementOf(given), {
    resolved: 'no',
    claims: [
      { claim: 'c1', finding: 'right' },
      { claim: 'c2', finding: 'wrong', label: 'should-ask', note: 'it says: Friday' },
      { claim: 'c3', finding: 'unsure' },
    ],
    note: 'late',
  });
});

test('judgement: what is no judgement is refused with what it must be', () => {
  const said = (of: Parameters<typeof judgementOf>[0]): string => {
    try {
      return JSON.stringify(judgementOf(of));
    } catch (cause) {
      assert.ok(cause instanceof Stop);
      return cause.message;
    }
  };
  assert.match(said({}), /is missing: yes, no or unsure/);
  assert.match(said({ resolved: 'no', claim: ['c1=good'] }), /`c1=good` must be `c1=right`/);
  const label = { resolved: 'no', claim: ['c1=wrong'], label: ['c2=should-ask'] };
  assert.match(said(label), /no `--claim` is called `c2`/);
  assert.match(said({ resolved: 'no', file: 'x.json' }), /give nothing besides/);
});
