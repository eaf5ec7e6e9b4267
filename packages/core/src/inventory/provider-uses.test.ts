import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { oddUses, type ProviderUse, readProviderUse } from './provider-uses.ts';

function use(text: string, line = 1): ProviderUse {
  const read = readProviderUse(text, line);
  assert(read.ok, read.ok ? '' : read.error);
  return read.value;
}

const odd = (uses: readonly ProviderUse[], permits: readonly string[]) =>
  oddUses(uses, { permits: new Set(permits), known: [{ at: 60_000, credential: 'stripe' }] }).map(
    ({ use: { line }, what }) => `${line} ${what}`,
  );

test('provider: a use without a permit is found, and a permit that is used twice', () => {
  verifies('fleet.bypass');
  const uses = [
    use('{"time":"1970-01-01T00:00:01Z","id":"dec_1"}', 1),
    use('{"time":2,"idempotency_key":"dec_2","id":"evt_9"}', 2),
    use('{"id":"dec_1"}', 3),
    use('{"id":"stranger","credential":"stripe"}', 4),
  ];
  assert.deepEqual(odd(uses, ['dec_1', 'dec_2']), ['3 twice', '4 credential']);
});

test('provider: a use without an id is known by its credential and time, once', () => {
  const uses = [
    use('{"time":61,"credential":"stripe"}', 1),
    use('{"time":62,"credential":"stripe"}', 2),
    use('{"time":61,"credential":"other"}', 3),
    use('{"time":500,"credential":"stripe"}', 4),
  ];
  assert.deepEqual(odd(uses, []), ['2 credential', '3 credential', '4 credential']);
});

test('provider: a line that says too little is told as that', () => {
  const why = (text: string): string => {
    const read = readProviderUse(text, 1);
    return read.ok ? 'read' : read.error;
  };
  assert.equal(why('nonsense'), 'is no JSON object');
  assert.equal(why('[1]'), 'is no JSON object');
  assert.equal(why('{"time":1}'), 'has neither `id` nor `idempotency_key` nor `credential`');
  assert.equal(why('{"credential":"stripe"}'), 'has no `time`, and no id to go by');
});
