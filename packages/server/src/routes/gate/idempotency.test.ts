import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Guard } from '../../guard/guard.ts';
import { type OpenFake, openFake } from '../../../testing/open-fake.ts';
import { createIdempotency } from './idempotency.ts';

const PATH = '/api/v1/agents';

async function withFake(
  options: Parameters<typeof openFake>[0],
  run: (fake: OpenFake) => Promise<void>,
): Promise<void> {
  const fake = await openFake(options);
  try {
    await run(fake);
  } finally {
    await fake.close();
  }
}

const add = (fake: OpenFake, auth: string, [key, agent]: readonly [string, string?]) =>
  fake.ask({
    method: 'POST',
    path: PATH,
    auth,
    body: { agent: agent ?? 'refunds' },
    headers: { 'idempotency-key': key },
  });

test('idempotency: the same request under the same key is done once', async () => {
  verifies('evidence.before-effect');
  let clock = 1_700_000_000_000;
  await withFake({ clock: () => clock }, async (fake) => {
    const auth = fake.key({ roles: ['admin'] });
    const answers = await Promise.all([add(fake, auth, ['k1']), add(fake, auth, ['k1'])]);
    answers.push(await add(fake, auth, ['k1']));
    assert.deepEqual(
      answers.map(({ status, text }) => [status, text]),
      [
        [201, '{"index":0}'],
        [201, '{"index":0}'],
        [201, '{"index":0}'],
      ],
    );
    assert.deepEqual(fake.calls, ['addAgent']);
    assert.equal((await add(fake, auth, ['k1', 'mail'])).json['code'], 'conflict');
    await add(fake, fake.key({ roles: ['admin'] }), ['k1']);
    assert.deepEqual(fake.calls, ['addAgent', 'addAgent']);
    clock += 24 * 3_600_000;
    await add(fake, auth, ['k1']);
    assert.equal(fake.calls.length, 3);
    assert.equal((await add(fake, auth, ['k 1'])).status, 400);
    assert.equal((await add(fake, auth, ['k'.repeat(201)])).status, 400);
  });
});

test('idempotency: what was not done is tried again', async () => {
  let tries = 0;
  const addAgent: Guard['addAgent'] = () => {
    tries += 1;
    const error = { code: 'unavailable', message: 'the disk is full' } as const;
    if (tries === 2) throw new Error('a bug');
    return Promise.resolve(tries > 2 ? { ok: true, value: { index: 1 } } : { ok: false, error });
  };
  await withFake({ guard: { addAgent } }, async (fake) => {
    const auth = fake.key({ roles: ['admin'] });
    const down = await add(fake, auth, ['k1']);
    assert.deepEqual([down.status, down.headers['retry-after']], [503, '5']);
    const bug = await add(fake, auth, ['k1']);
    assert.deepEqual([bug.status, bug.json['code']], [500, 'internal']);
    assert.equal(bug.text.includes('a bug'), false);
    assert.equal(fake.bugs.length, 1);
    assert.equal((await add(fake, auth, ['k1'])).status, 201);
    assert.equal((await add(fake, auth, ['k1'])).status, 201);
    assert.equal(tries, 3);
  });
});

test('idempotency: a secret is answered once and never kept', async () => {
  await withFake({}, async (fake) => {
    const auth = fake.key({ roles: ['admin'] });
    const make = () =>
      fake.ask({
        method: 'POST',
        path: '/api/v1/keys',
        auth,
        body: { kind: 'person', name: 'ada', roles: ['viewer'] },
        headers: { 'idempotency-key': 'k1' },
      });
    const first = await make();
    assert.equal(first.status, 201);
    assert.match(String(first.json['token']), /^plk_/);
    const second = await make();
    assert.deepEqual([second.status, second.json['code']], [409, 'conflict']);
    assert.equal(second.text.includes('plk_'), false);
    assert.deepEqual(fake.calls, ['keys.add']);
  });
});

test('idempotency: a bounded number of answers is kept for each caller, the newest', async () => {
  const once = createIdempotency(() => 0);
  let runs = 0;
  const ask = (caller: string, key: string) =>
    once({ caller, key, operation: 'POST /', body: Buffer.alloc(0), isSecret: false }, () => {
      runs += 1;
      return Promise.resolve({ kind: 'json', status: 200, value: {} });
    });
  for (let count = 0; count <= 1000; count += 1) await ask('ada', `k${count}`);
  assert.equal(runs, 1001);
  await ask('ada', 'k1000');
  assert.equal(runs, 1001);
  await ask('ada', 'k0');
  assert.equal(runs, 1002);
  for (let count = 0; count < 1000; count += 1) await ask(`caller${count}`, 'k');
  await ask('ada', 'k1000');
  assert.equal(runs, 2003);
});
