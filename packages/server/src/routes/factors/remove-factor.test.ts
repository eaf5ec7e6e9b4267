import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fakeApi } from '../../../testing/fake-api.ts';
import { openFake } from '../../../testing/open-fake.ts';
import { refused } from '../../services/served.ts';

test('factors: removing one ends what it proved, and a refusal ends nothing', async () => {
  const ended: string[] = [];
  const { factors, signIns } = fakeApi().api.services;
  const outcomes = ['forbidden', 'bad-proof', 'not-found', 'unavailable', null] as const;
  for (const code of outcomes) {
    const fake = await openFake({
      services: {
        factors: {
          ...factors,
          remove: (...given) =>
            code === null ? factors.remove(...given) : Promise.resolve(refused(code, 'no')),
        },
        signIns: {
          ...signIns,
          factorRemoved: (id) => Promise.resolve(void ended.push(`${code ?? 'done'} ${id}`)),
        },
      },
    });
    const auth = fake.key({ kind: 'person', roles: ['viewer'] });
    const path = '/api/v1/factors/fac_1/remove';
    await fake.ask({ method: 'POST', path, auth, body: { reason: 'lost' } });
    await fake.close();
  }
  assert.deepEqual(ended, ['unavailable fac_1', 'done fac_1']);
});
