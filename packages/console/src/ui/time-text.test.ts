import assert from 'node:assert/strict';
import { test } from 'node:test';

import { agoText, momentText, spanText, utcText } from './time-text.ts';

const AT_MS = Date.UTC(2026, 10, 3, 14, 3, 7, 512);
const HOUR_MS = 3_600_000;

test('time: today is said by the clock, another day with its date', () => {
  assert.equal(momentText(AT_MS, 'utc', AT_MS + HOUR_MS), '14:03:07');
  assert.equal(momentText(AT_MS, 'utc', AT_MS + 24 * HOUR_MS), '3 Nov 2026 14:03:07');
});

test('time: UTC is said to the millisecond', () => {
  assert.equal(utcText(AT_MS), '2026-11-03 14:03:07.512 UTC');
});

test('time: spans are said in their largest unit', () => {
  assert.equal(agoText(0, 59_000), '59 s');
  assert.equal(agoText(0, 4 * 60_000), '4 min');
  assert.equal(agoText(0, 30 * HOUR_MS), '30 h');
  assert.equal(agoText(0, 72 * HOUR_MS), '3 days');
  assert.equal(agoText(5_000, 0), '0 s');
  assert.equal(spanText(340), '340 ms');
  assert.equal(spanText(2_440), '2.4 s');
});
