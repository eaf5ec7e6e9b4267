import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type OpenFake, openFake } from '../../../testing/open-fake.ts';

describe('packs', () => {
  let fake: OpenFake;
  before(async () => {
    fake = await openFake();
  });
  after(() => fake.close());

  const ask = (path: string, auth: string, body: object) =>
    fake.ask({ method: 'POST', path: `/api/v1/packs${path}`, auth, body });

  test('packs: one comes as a file, and openings take the right to read them', async () => {
    verifies('evidence.pack');
    const viewer = fake.key({ roles: ['viewer'] });
    const { status, headers, text } = await ask('', viewer, { sessions: ['s1'] });
    assert.deepEqual([status, text], [200, 'one two']);
    assert.equal(headers['content-type'], 'application/gzip');
    assert.equal(
      headers['content-disposition'],
      'attachment; filename="evidence-s1-2026-03-01.tar.gz"',
    );
    assert.equal(headers['cache-control'], 'no-store');
    const opened = await ask('', viewer, { sessions: ['s1'], opened: true });
    assert.deepEqual([opened.status, opened.json['code']], [403, 'forbidden']);
    const approver = fake.key({ roles: ['approver'] });
    assert.equal((await ask('', approver, { sessions: ['s1'], opened: true })).status, 200);
  });

  test('packs: what is not asked for is refused with its place', async () => {
    const viewer = fake.key({ roles: ['viewer'] });
    for (const body of [{}, { fromAt: 1 }, { sessions: [] }, { agent: 'refunds', open: true }]) {
      assert.equal((await ask('', viewer, body)).json['code'], 'bad-request');
      assert.equal((await ask('/plan', viewer, body)).json['code'], 'bad-request');
    }
    const bound = fake.key({ kind: 'service', scopes: ['read'], agents: ['refunds'] });
    assert.equal((await ask('/plan', bound, { agent: 'mail' })).json['code'], 'unknown-agent');
    assert.equal((await ask('', bound, { agent: 'mail' })).json['code'], 'unknown-agent');
    assert.equal((await ask('/plan', bound, { agent: 'refunds' })).json['entries'], 7);
  });
});
