import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { fakeApi } from '../../../testing/fake-api.ts';
import { openFake } from '../../../testing/open-fake.ts';
import { refused } from '../../services/served.ts';
import type { BreakGlass } from '../../services/break-glass.ts';

const HALT = {
  method: 'POST',
  path: '/api/v1/agents/refunds/halt',
  body: { reason: 'it runs wild' },
};

function glassOf(of: Partial<BreakGlass>): { readonly breakGlass: BreakGlass } {
  return { breakGlass: { ...fakeApi().api.services.breakGlass, ...of } };
}

test('gate: roles taken in an emergency count, and each call is recorded first', async () => {
  verifies('human.break-glass');
  const uses: unknown[] = [];
  const fake = await openFake({
    services: glassOf({
      lift: (caller) =>
        caller.person?.id === 'lena'
          ? { ...caller, roles: ['viewer', 'operator'], breakGlass: 'bgl_1' }
          : caller,
      noteUse: (use) => {
        uses.push({ operation: use.operation, agent: use.agent, halted: fake.calls.length });
        return Promise.resolve({ ok: true, value: { index: 1 } });
      },
    }),
  });
  try {
    const lena = fake.key({ name: 'lena', roles: ['viewer'] });
    const ben = fake.key({ name: 'ben', roles: ['viewer'] });
    assert.equal((await fake.ask({ ...HALT, auth: ben })).status, 403);
    assert.equal((await fake.ask({ ...HALT, auth: lena })).status, 200);
    assert.deepEqual(uses, [{ operation: 'haltAgent', agent: 'refunds', halted: 0 }]);
  } finally {
    await fake.close();
  }
});

test('gate: a call in an emergency that cannot be recorded is not handled', async () => {
  verifies('human.break-glass');
  const fake = await openFake({
    services: glassOf({
      lift: (caller) => ({ ...caller, roles: ['admin'], breakGlass: 'bgl_1' }),
      noteUse: () => Promise.resolve(refused('unavailable', 'the log stopped')),
    }),
  });
  try {
    const { status, json } = await fake.ask({ ...HALT, auth: fake.key({ roles: ['viewer'] }) });
    assert.equal(status, 503);
    assert.match(JSON.stringify(json['detail']), /`bgl_1` and cannot be recorded/);
    assert.deepEqual(fake.calls, []);
  } finally {
    await fake.close();
  }
});
