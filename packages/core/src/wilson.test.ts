import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wilson } from './wilson.ts';

test('wilson: the interval is that of the published examples', () => {
  // R: prop.test(15, 20, correct = FALSE) and binom::binom.wilson(0, 10), binom.wilson(81, 263).
  const near = (found: number | null, wanted: number): void => {
    assert.ok(found !== null && Math.abs(found - wanted) < 5e-5, `${found} is not ${wanted}`);
  };
  const { low, high, share } = wilson(81, 263);
  near(share, 0.30798);
  near(low, 0.2553);
  near(high, 0.3662);
  near(wilson(0, 10).low, 0);
  near(wilson(0, 10).high, 0.2775);
  near(wilson(10, 10).low, 0.7225);
  near(wilson(10, 10).high, 1);
});

test('wilson: of nothing there is no share', () => {
  assert.deepEqual(wilson(0, 0), { count: 0, of: 0, share: null, low: null, high: null });
});
