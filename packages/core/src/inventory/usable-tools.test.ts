import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneOf, verifies } from '@plumbline/testkit';

import { usableTools } from './usable-tools.ts';

const pactOf = (rest: string): string => `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
tools:
  mail.read: { effect: read }
  mail.send: { effect: send }
  prompt.set: { effect: write, touches: [self] }
  score.get: { effect: read, touches: [evaluator] }
${rest}`;

const ALLOW_ALL = `allow:
  - { id: a, tool: [mail.read, mail.send, prompt.set, score.get] }`;

const usable = (rest: string, task: string | null = null): readonly string[] =>
  usableTools(sceneOf(pactOf(rest)).pact, task);

test('inventory: what no call of is ever let through is not shown', () => {
  verifies('pact.default-deny', 'pact.excluded');
  assert.deepEqual(usable(`autonomy: 2\n${ALLOW_ALL}`), ['mail.read', 'mail.send']);
  assert.deepEqual(usable('autonomy: 2\nallow: [{ id: a, tool: mail.send }]'), ['mail.send']);
  const observed = 'autonomy: 2\nallow: [{ id: a, tool: mail.send, mode: observe }]';
  assert.deepEqual(usable(observed), []);
});

test('inventory: a layer that excludes a tool, or only reads, hides it', () => {
  const base = 'base.pact.yaml';
  const under = (rest: string): readonly string[] => {
    const files = { [base]: pactOf(`autonomy: 2\n${ALLOW_ALL}`) };
    const pact = pactOf(`${rest}\nextends: ${base}`).replace(/^tools:\n(?: .*\n)+/m, '');
    return usableTools(sceneOf(pact, files).pact, null);
  };
  const readers = 'allow: [{ id: b, tool: mail.read }]';
  assert.deepEqual(under(`autonomy: 1\n${readers}`), ['mail.read']);
  const sending = 'allow: [{ id: b, tool: "mail.*" }]';
  assert.deepEqual(under(`autonomy: 2\n${sending}`), ['mail.read', 'mail.send']);
  const excluded = 'exclude: [{ id: x, tool: mail.send, say: ask a person }]';
  assert.deepEqual(under(`autonomy: 2\n${sending}\n${excluded}`), ['mail.read']);
});

test('inventory: a task shows its own tools, and a session without one none', () => {
  verifies('pact.tasks');
  const tasks = `autonomy: 2\n${ALLOW_ALL}\ntasks: { triage: { tools: [mail.read] } }`;
  assert.deepEqual(usable(tasks, 'triage'), ['mail.read']);
  assert.deepEqual(usable(tasks, 'other'), []);
  assert.deepEqual(usable(tasks), []);
});
