import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openFake } from '../../testing/open-fake.ts';

test('lists: an agent that is not there is said, not answered with nothing', async () => {
  const fake = await openFake();
  try {
    const all = fake.key({ roles: ['admin'] });
    const some = fake.key({ roles: ['viewer'], agents: ['refunds'] });
    for (const path of ['/api/v1/approvals', '/api/v1/grants', '/api/v1/events']) {
      const asked = async (agent: string, auth: string) =>
        (await fake.ask({ path: `${path}?agent=${agent}`, auth })).status;
      assert.equal(await asked('refunds', all), 200, path);
      assert.equal(await asked('refund', all), 404, path);
      assert.equal(await asked('refunds', some), 200, path);
      assert.equal(await asked('mail', some), 404, path);
    }
  } finally {
    await fake.close();
  }
});

test('doubles: sessions under the names of an agent are traced with its rights alone', async () => {
  const fake = await openFake();
  try {
    const some = fake.key({ roles: ['admin'], agents: ['refunds'] });
    const statusOf = async (agent: string, rest: string, asked: object = {}) =>
      (await fake.ask({ ...asked, path: `/api/v1/agents/${agent}/${rest}`, auth: some })).status;
    for (const rest of ['trace', 'around', 'trace/opened']) {
      for (const [agent, status] of [
        ['refunds~undo', 200],
        ['refunds~drill', 200],
        ['refunds~probe', 200],
        ['mail~undo', 404],
        ['refunds~other', 404],
      ] as const) {
        assert.equal(await statusOf(agent, `sessions/ses_1/${rest}`), status, `${agent} ${rest}`);
      }
    }
    const halting = { method: 'POST', body: { scope: 'agent', reason: 'a test' } };
    assert.equal(await statusOf('refunds~undo', 'halt', halting), 404);
    for (const rest of ['sessions', 'pacts']) {
      assert.equal(await statusOf('refunds~undo', rest), 404, rest);
    }
  } finally {
    await fake.close();
  }
});
