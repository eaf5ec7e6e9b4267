import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { namesIn, placeIn } from './place-in.ts';
import { wordsAt } from './words-at.ts';

const spec = join(import.meta.dirname, '../../../../../../spec/pact/pact.schema.json');
const schema: unknown = JSON.parse(readFileSync(spec, 'utf8'));

function wordsAfter(before: string): readonly string[] {
  return wordsAt(schema, placeIn(before), { tools: ['mail.send'] }).map(({ word }) => word);
}

test('place: by columns, brackets and dashes, in texts that are not whole', () => {
  assert.deepEqual(placeIn('pact: plumbline/v1\nau'), {
    path: [],
    isName: true,
    mayBeValue: true,
    beside: ['pact'],
  });
  assert.deepEqual(placeIn('allow:\n  - id: look\n    to'), {
    path: ['allow', '[]'],
    isName: true,
    mayBeValue: true,
    beside: ['id'],
  });
  assert.deepEqual(placeIn('allow:\n- { id: look, tool: '), {
    path: ['allow', '[]', 'tool'],
    isName: false,
    mayBeValue: true,
    beside: [],
  });
  assert.deepEqual(placeIn('tools:\n  a:b: { effect: read, trust: { de').path, [
    'tools',
    'a:b',
    'trust',
  ]);
  assert.deepEqual(placeIn('purpose: |\n  allow:\n  x\nallow:\n  - tool: [a,\n      ').path, [
    'allow',
    '[]',
    'tool',
    '[]',
  ]);
  assert.deepEqual(placeIn('tools:\n  a: {}\n# allow:\n\n').path, []);
});

test('place: the names of a document, with what leads to each', () => {
  const names = namesIn('tools:\n  find: { effect: read }\n  "keep it": {}\nallow: []\n');
  assert.deepEqual(names, [['tools'], ['tools', 'find'], ['tools', 'keep it'], ['allow']]);
});

test('words: members that are not there yet, with what they mean', () => {
  const words = wordsAt(schema, placeIn('pact: plumbline/v1\n'), { tools: [] });
  assert.equal(
    words.some(({ word }) => word === 'pact'),
    false,
  );
  assert.deepEqual(
    words.find(({ word }) => word === 'step_up'),
    { word: 'step_up', says: 'what a person has to approve first', kind: 'member' },
  );
});

test('words: the choices of a member, and of what may be one or many', () => {
  assert.deepEqual(wordsAfter('autonomy: '), ['1', '2', '3']);
  assert.deepEqual(wordsAfter('tools:\n  x: { effect: '), ['read', 'write', 'send']);
  assert.deepEqual(wordsAfter('tools:\n  x: { open_world: '), ['true', 'false']);
  assert.deepEqual(wordsAfter('halt_on:\n  - can').includes('canary'), true);
  assert.deepEqual(wordsAfter('gates: '), ['off']);
  assert.deepEqual(wordsAfter('gates: { '), ['widen_after', 'approvers']);
});

test('words: the names of tools where tools are named, and nowhere else', () => {
  assert.deepEqual(wordsAfter('allow:\n  - { id: a, tool: '), ['mail.send']);
  assert.deepEqual(wordsAfter('allow:\n  - { id: a, tool: [find, '), ['mail.send']);
  assert.deepEqual(wordsAfter('tools:\n  '), ['mail.send']);
  assert.deepEqual(wordsAfter('staging:\n  tools:\n    - '), ['mail.send']);
  assert.deepEqual(wordsAfter('purpose: '), []);
});
