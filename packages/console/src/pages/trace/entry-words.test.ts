import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CHAIN_OF, ENTRY_KINDS } from '@plumbline/core';

import { entryWords } from './entry-words.ts';
import { SESSION_WORDS } from './session-words.ts';

const NO_TOOL = (): null => null;

function wordsOf(kind: string, open: object, secret: object | null = null) {
  const row = { index: 1, at: 1, kind, open: { ...open }, source: null } as const;
  const sealed = secret === null ? 'none' : 'opened';
  const opened = secret === null ? null : { ...secret };
  const { title, more } = entryWords({ ...row, sealed, secret: opened }, NO_TOOL);
  return [title, more];
}

test('words: every kind that stands in the chain of a session is told in words', () => {
  const kinds = ENTRY_KINDS.filter((kind) => CHAIN_OF[kind].includes('session'));
  assert.deepEqual(
    kinds.filter((kind) => SESSION_WORDS[kind] === undefined),
    [],
  );
});

test('words: who voted, who approved and what nobody answered', () => {
  const vote = { ask: 'a', outcome: 'deny', rules: ['big'], by: 'k', mechanism: 'key' };
  assert.deepEqual(wordsOf('vote', vote), ['A person denied', 'asked by big']);
  assert.deepEqual(wordsOf('vote', vote, { person: 'ada', reason: 'too much' }), [
    'ada denied',
    'too much',
  ]);
  const denied = { id: 'a.1', outcome: 'denied', rules: ['big'] };
  assert.deepEqual(wordsOf('approval', denied, { by: [] }), [
    'Nobody approved it in time',
    'asked by big',
  ]);
});

test('words: what halted a session and let it go on', () => {
  const stop = { scope: 'room', target: 'war room', reason: 'odd', by: 'ops' };
  assert.deepEqual(wordsOf('halt', stop), ['Halted: the room war room', 'odd, by ops']);
  assert.deepEqual(wordsOf('resume', { ...stop, scope: 'fleet', target: '' }), [
    'May go on: the whole fleet',
    'odd, by ops',
  ]);
});

test('words: a kind of a later version is called by its name', () => {
  assert.deepEqual(wordsOf('brand_fresh', {}), ['Brand fresh', '']);
});
