import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { askOf, MAILS } from '../../testing/ask-scene.ts';
import { clientApprovalsOver, LENA_BY_TOKEN } from '../../testing/client-approvals-scene.ts';
import { guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Caller } from '../routes/caller.ts';

async function asked(principal = 'ada'): Promise<{ scene: GuardScene; ask: string }> {
  const scene = await guardScene();
  const session = await scene.open({ principal });
  const answer = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.ok(answer.approval !== null);
  return { scene, ask: answer.approval };
}

const YES = { outcome: 'approve', reason: 'fine' } as const;

test('client approvals: who is named and shows a token sees the action and votes', async () => {
  verifies('human.approvals');
  const { scene, ask } = await asked();
  const approvals = clientApprovalsOver(scene);
  const shown = await approvals.ask(ask, LENA_BY_TOKEN);
  assert.ok(shown.ok);
  assert.deepEqual(shown.value.action, { tool: 'mail.send', args: { copies: 3, body: 'hello' } });
  assert.equal(scene.entries().at(-1)?.kind, 'read');
  const voted = await approvals.vote({ approval: ask, ...YES }, LENA_BY_TOKEN);
  assert.ok(voted.ok);
  assert.equal(askOf(scene, ask).state, 'approved');
  const vote = scene.entries().find(({ kind }) => kind === 'vote');
  assert.deepEqual([vote?.open['mechanism'], vote?.open['by']], ['elicitation', 'oidc_lena']);
});

test('client approvals: nobody else is asked, and the vote of nobody else counts', async () => {
  verifies('human.approvals', 'authority.verified');
  const { mechanism: _, ...byKey } = LENA_BY_TOKEN;
  const groups: readonly string[] = [];
  const others: Readonly<Record<string, Caller>> = {
    key: byKey,
    'no approver': { ...LENA_BY_TOKEN, roles: ['viewer'] },
    'another agent': { ...LENA_BY_TOKEN, agents: ['other'] },
    'no rule names': { ...LENA_BY_TOKEN, person: { id: 'e', email: 'eve@example.com', groups } },
    'break-glass': { ...LENA_BY_TOKEN, breakGlass: 'bg_1' },
    machine: { ...LENA_BY_TOKEN, kind: 'agent', person: null },
  };
  const { scene, ask } = await asked();
  const approvals = clientApprovalsOver(scene);
  const before = scene.entries().length;
  for (const [who, caller] of Object.entries(others)) {
    assert.equal((await approvals.ask(ask, caller)).ok, false, who);
    assert.equal((await approvals.vote({ approval: ask, ...YES }, caller)).ok, false, who);
  }
  assert.equal(scene.entries().length, before);
});

test('client approvals: neither for oneself, nor where a second factor is asked for', async () => {
  verifies('human.approvals');
  const own = await asked('lena@example.com');
  const asking = clientApprovalsOver(own.scene).ask(own.ask, LENA_BY_TOKEN);
  assert.equal((await asking).ok, false);
  const { scene, ask } = await asked();
  const strict = clientApprovalsOver(scene, 'totp');
  const said = await strict.ask(ask, LENA_BY_TOKEN);
  assert.equal(said.ok ? '' : said.error.code, 'needs-proof');
  assert.equal((await strict.vote({ approval: ask, ...YES }, LENA_BY_TOKEN)).ok, false);
});
