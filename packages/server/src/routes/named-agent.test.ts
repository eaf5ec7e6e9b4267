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
