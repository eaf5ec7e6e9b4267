import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { z } from 'zod';

import { parseShape } from './parse-shape.ts';
import { plainName, stopWords, words } from './shapes.ts';

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

test('shapes: a name holds nothing that nobody sees', () => {
  const name = plainName(z.string().min(1).max(256));
  const unseen = [
    '\u202e',
    '\u2066',
    '\u200f',
    '\u061c',
    '\u200b',
    '\ufeff',
    '\u0000',
    '\u001b',
    '\n',
  ];
  for (const mark of [...unseen, '\u2028', '\u00ad', '\u{e0061}']) {
    assert.equal(parseShape(name, `ada${mark}`).ok, false, JSON.stringify(mark));
  }
  const parsed = parseShape(z.strictObject({ name }), { name: 'ada\u202egpj' });
  const said = '`name` is refused: it holds U+202E, a character that nobody sees: leave it out';
  assert.equal(parsed.ok ? '' : parsed.problem.detail, said);
  for (const fine of [
    'Ada Lovelace',
    'رضا می\u200cخواهم',
    '艾达',
    '<b>Ada</b>',
    'Åda 👩\u200d💻',
  ]) {
    assert.equal(parseShape(name, fine).ok, true, fine);
  }
});
