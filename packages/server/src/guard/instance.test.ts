import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isInstanceOf } from './instance.ts';

test('instance: an agent runs under its own pact, and its instances under the same', () => {
  const pact = { agent: 'support' };
  assert.ok(isInstanceOf('support', pact));
  assert.ok(isInstanceOf('support-eu', pact));
  assert.ok(!isInstanceOf('supporter', pact));
  assert.ok(!isInstanceOf('eu-support', pact));
});
