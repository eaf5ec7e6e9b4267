import assert from 'node:assert/strict';
import { test } from 'node:test';

import { planText } from './pack-words.ts';

const PLAN = {
  agents: ['desk'],
  sessions: 1,
  earlier: 0,
  entries: 1_234,
  sealed: 12,
  bytes: { closed: 100_000, opened: 250_000 },
};

test('packs: what one holds is said before it is downloaded', () => {
  assert.equal(
    planText(PLAN, false),
    '1 session of desk: 1,234 entries; about 100 kB. 12 have a sealed part, which stays sealed.',
  );
  assert.equal(
    planText({ ...PLAN, sessions: 2, earlier: 1, sealed: 0 }, true),
    '2 sessions of desk: 1,234 entries; about 250 kB. ' +
      'Not in it: 1 session begun in a log of before.',
  );
});
