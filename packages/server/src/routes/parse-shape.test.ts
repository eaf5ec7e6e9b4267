import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { z } from 'zod';

import { parseShape } from './parse-shape.ts';
import { stopWords, words } from './shapes.ts';

const shape = z.strictObject({ agent: z.string().regex(/^[a-z]+$/), limit: z.int().optional() });

function saidOf(value: unknown): string {
  const parsed = parseShape(shape, value);
  return parsed.ok ? 'fine' : parsed.problem.detail;
}

test('shapes: what is wrong is said in plain words, with its place', () => {
  assert.equal(saidOf({ agent: 'desk' }), 'fine');
  assert.equal(saidOf({}), '`agent` is missing');
  assert.equal(saidOf({ agent: 3 }), '`agent` must be string, not number');
  assert.equal(saidOf({ agent: 'No' }), '`agent` is not of the form /^[a-z]+$/');
  assert.equal(saidOf({ agent: 'desk', more: 1 }), '`more` is not known here');
});

test('shapes: a reason says something, and one for stopping may say nothing', () => {
  verifies('human.approvals');
  for (const blank of ['', ' ', '\t\n', '\u200b\u200b', '\u00a0', '...']) {
    assert.equal(parseShape(words, blank).ok, false);
  }
  for (const said of ['fine', 'ок', '好', 'x']) assert.equal(parseShape(words, said).ok, true);
  const blank = parseShape(words, ' ');
  assert.match(blank.ok ? '' : blank.problem.detail, /it must say something/);
  assert.equal(parseShape(stopWords, ' ').ok, true);
});
