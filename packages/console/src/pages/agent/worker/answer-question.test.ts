import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { answerQuestion } from './answer-question.ts';
import { studyPact } from './study-pact.ts';

function pactOf(calls: number): { readonly entry: string; readonly files: Record<string, string> } {
  const text = `pact: plumbline/v1
agent: desk
purpose: Look things up.
owner: desk@example.com
autonomy: 2
approvers: [ada@example.com]
tools:
  find: { effect: read, category: looking }
  keep: { effect: write, category: keeping, reversible: partly }
  drop: { effect: write, category: keeping, reversible: no }
allow:
  - { id: look, tool: find, limit: { calls: ${calls}, per: session } }
  - { id: keep, tool: keep }
exclude:
  - { id: no-drop, tool: drop }
step_up:
  - { id: ask, tool: keep }
`;
  return { entry: 'desk.pact.yaml', files: { 'desk.pact.yaml': text } };
}

test('study: tools with what the rules say of them, and limits, as the pact has them', () => {
  const { pact } = studyPact(pactOf(5));
  assert.deepEqual(pact?.tools, [
    { name: 'find', effect: 'read', reversible: 'yes', use: 'allowed' },
    { name: 'keep', effect: 'write', reversible: 'partly', use: 'a person is asked' },
    { name: 'drop', effect: 'write', reversible: 'no', use: 'not allowed' },
  ]);
});

test('study: a pact that does not load has diagnostics and no meaning', () => {
  const { pact, diagnostics } = studyPact({ entry: 'a', files: { a: 'pact: 1\n' } });
  assert.equal(pact, null);
  assert.equal(diagnostics[0]?.severity, 'error');
});

test('compare: what two pacts mean differently, and null where one does not load', () => {
  verifies('pact.versions');
  const asked = { before: pactOf(5), after: pactOf(3) };
  const changes = answerQuestion({ id: 1, name: 'compare', asked });
  assert.deepEqual(
    Array.from(Object(changes), (change) => Reflect.get(Object(change), 'text')),
    ['limit of rule `look` lowered from 5 to 3 calls per session'],
  );
  const broken = { before: pactOf(5), after: { entry: 'a', files: { a: 'pact: 1' } } };
  assert.equal(answerQuestion({ id: 2, name: 'compare', asked: broken }), null);
});
