import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isAt } from './page-at.ts';

test('page: a path is of the pattern that has its parts', () => {
  assert.equal(isAt('/', '/'), true);
  assert.equal(isAt('/halts', '/halts'), true);
  assert.equal(isAt('/halts', '/halts/hlt_1'), false);
  assert.equal(isAt('/halts/:halt', '/halts/hlt_1'), true);
  assert.equal(isAt('/halts/:halt', '/halts'), false);
  assert.equal(isAt('/agents/:agent/:tab?', '/agents/banking'), true);
  assert.equal(isAt('/agents/:agent/:tab?', '/agents/banking/actions'), true);
  assert.equal(isAt('/agents/:agent/:tab?', '/drills/banking'), false);
});
