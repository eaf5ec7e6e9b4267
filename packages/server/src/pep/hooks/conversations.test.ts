import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Guard } from '../../guard/guard.ts';
import { Conversations } from './conversations.ts';

const HOLDER = {
  agent: 'coder',
  client: 'claude-code',
  conversation: 'c1',
  principal: 'ada@example.com',
  task: null,
  openedBy: 'local',
};

const FULL = { ok: false, error: { code: 'unavailable', message: 'the disk is full' } } as const;
const NOTED = { ok: true, value: { index: 2 } } as const;

/** A guard that opens one session, and answers messages as it is told. */
function guardOf(answers: (typeof FULL | typeof NOTED)[]): {
  readonly guard: ConstructorParameters<typeof Conversations>[0];
  readonly texts: string[];
} {
  const texts: string[] = [];
  let opened = 0;
  const guard = {
    openSession: async () => {
      opened += 1;
      return { ok: true, value: { session: 'ses_1', isRepeat: opened > 1 } };
    },
    closeSession: async () => NOTED,
    message: async ({ text }: { readonly text: string }) => {
      texts.push(text);
      return answers.shift() ?? NOTED;
    },
  };
  // It answers what is read of it here.
  return { guard: guard as unknown as Guard, texts };
}

test('conversations: what went on before is owed until it is recorded', async () => {
  verifies('enforce.fail-closed');
  const { guard, texts } = guardOf([FULL, NOTED]);
  const conversations = new Conversations(guard);
  assert.equal((await conversations.enter(HOLDER, false)).ok, false);
  assert.equal((await conversations.enter(HOLDER, false)).ok, true);
  assert.equal((await conversations.enter(HOLDER, false)).ok, true);
  assert.equal(texts.length, 2);
  assert.match(texts[1] ?? '', /what was read in it is not known here/);
});

test('conversations: no hook enters before it is recorded that it was read', async () => {
  const { guard, texts } = guardOf([FULL, FULL]);
  const conversations = new Conversations(guard);
  const both = [conversations.enter(HOLDER, false), conversations.enter(HOLDER, false)];
  assert.deepEqual(
    (await Promise.all(both)).map(({ ok }) => ok),
    [false, false],
  );
  assert.equal(texts.length, 2);
});
