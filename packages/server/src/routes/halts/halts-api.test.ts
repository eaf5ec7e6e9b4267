import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { guardScene, valueOf } from '../../../testing/guard-scene.ts';
import { openFake } from '../../../testing/open-fake.ts';

test('halts API: nothing is resumed for a blank reason, and halted for any', async (t) => {
  verifies('human.resume');
  const fake = await openFake();
  t.after(() => fake.close());
  const auth = fake.key({ kind: 'person', roles: ['operator'] });
  const asked = { method: 'POST', auth } as const;
  for (const path of ['/api/v1/agents/refunds/resume', '/api/v1/resume']) {
    for (const reason of ['', ' ', '\t\n']) {
      const { status, json } = await fake.ask({ ...asked, path, body: { reason } });
      assert.deepEqual([status, json['code']], [400, 'bad-request']);
    }
  }
  const halting = { ...asked, path: '/api/v1/agents/refunds/halt', body: { reason: ' ' } };
  assert.equal((await fake.ask(halting)).status, 200);
});

test('halts API: people are told by name who halted, machines by the key alone', async (t) => {
  verifies('human.halt');
  const scene = await guardScene();
  const fake = await openFake({ guard: scene.guard });
  t.after(() => fake.close());
  const olga = fake.key({ kind: 'person', name: 'Olga', roles: ['operator'] });
  const path = '/api/v1/agents/support/halt';
  const halted = await fake.ask({ method: 'POST', path, auth: olga, body: { reason: 'a test' } });
  const seen = async (auth: string): Promise<unknown> => {
    return (await fake.ask({ path: `/api/v1/halts/${String(halted.json['halt'])}`, auth })).json;
  };
  const byName = async (auth: string): Promise<unknown> =>
    Reflect.get(Object(await seen(auth)), 'byName');
  assert.equal(await byName(fake.key({ kind: 'person', roles: ['viewer'] })), 'Olga');
  assert.equal(await byName(fake.key({ kind: 'service', scopes: ['halt'] })), null);
});

test('halts API: of a halt of every agent each sees what is of their own', async (t) => {
  verifies('human.halt', 'authority.session-binding');
  const scene = await guardScene();
  const fake = await openFake({ guard: scene.guard });
  t.after(() => fake.close());
  valueOf(await scene.guard.addAgent('sales', 'local'));
  for (const agent of ['support', 'sales']) {
    valueOf(scene.guard.leases.take({ agent, name: `gateway of ${agent}`, by: 'k1' }));
  }
  const session = await scene.open();
  const { permit } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  valueOf(scene.guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
  const fleet = { agent: null, scope: 'fleet', target: '', reason: 'a test', by: 'ops' } as const;
  const { halt } = valueOf(await scene.guard.halt(fleet));
  const seen = async (agents: readonly string[] | null, path: string): Promise<string> => {
    const auth = fake.key({ kind: 'person', roles: ['viewer'], agents });
    const { status, text } = await fake.ask({ path: `/api/v1/halts${path}`, auth });
    assert.equal(status, 200);
    return text;
  };
  for (const path of ['', `/${halt}`]) {
    const all = await seen(null, path);
    assert.match(all, /gateway of sales/);
    assert.match(all, new RegExp(session));
    const ofSales = await seen(['sales'], path);
    assert.match(ofSales, /gateway of sales/);
    assert.doesNotMatch(ofSales, /support/);
    assert.doesNotMatch(ofSales, new RegExp(session));
  }
});
