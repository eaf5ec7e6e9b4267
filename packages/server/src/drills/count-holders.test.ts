import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { ShownKey } from '../services/services.ts';
import { countHolders, holdersNeeded } from './count-holders.ts';

function key(of: Partial<ShownKey>): ShownKey {
  const bare = {
    id: 'k',
    kind: 'person',
    name: 'n',
    scopes: [],
    agents: null,
    groups: [],
  } as const;
  const times = { addedAt: 1, addedBy: 'local', expiresAt: null, revokedAt: null };
  return { ...bare, ...times, roles: ['operator'], email: null, ...of };
}

test('drills: each person who may halt is counted once, machines and viewers never', () => {
  verifies('human.drills');
  const keys = [
    key({ email: 'ada@example.com' }),
    key({ email: 'ada@example.com', roles: ['admin'] }),
    key({ name: 'bob', roles: ['approver'] }),
    key({ name: 'Bob', roles: ['operator'] }),
    key({ name: 'eve', roles: ['viewer'] }),
    key({ name: 'pager', kind: 'service', roles: [], scopes: ['halt'] }),
    key({ name: 'gone', revokedAt: 5 }),
    key({ name: 'past', expiresAt: 10 }),
  ];
  assert.equal(countHolders(keys, [], 10), 2);
  assert.equal(countHolders(keys, ['ADA@example.com', 'lena@example.com'], 9), 4);
});

test('drills: fewer than three holders are too few, whatever a pact says', () => {
  verifies('human.drills');
  assert.deepEqual(
    [null, { everyMs: 1, holders: 1 }, { everyMs: 1, holders: 7 }].map(holdersNeeded),
    [3, 3, 7],
  );
});
