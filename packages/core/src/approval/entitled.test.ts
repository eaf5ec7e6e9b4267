import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isEntitled } from './entitled.ts';

test('entitled: a list names people by address and by group, and nobody else', () => {
  const lena = { email: 'lena@example.com', groups: ['support-lead'] };
  assert.equal(isEntitled(lena, ['Lena@Example.com']), true);
  assert.equal(isEntitled(lena, ['role:support-lead']), true);
  assert.equal(isEntitled(lena, ['role:Support-Lead', 'role:support', 'support-lead']), false);
  assert.equal(isEntitled({ email: null, groups: [] }, ['lena@example.com', 'role:']), false);
  assert.equal(isEntitled({ email: null, groups: ['lena@example.com'] }, [lena.email]), false);
  assert.equal(isEntitled(lena, []), false);
});
