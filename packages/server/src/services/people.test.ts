import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makePeople } from './people.ts';

test('people: whoever comes with a token has every name its issuer has for them', async () => {
  verifies('human.approvals', 'authority.verified');
  const people = makePeople({
    keys: { list: () => Promise.resolve([]), find: () => undefined },
    identity: { namesBehind: (id) => (id === 'oidc_1' ? ['ada@example.com', '2482'] : []) },
    clock: () => 0,
  });
  const ada = { id: 'ada@example.com', email: 'ada@example.com', groups: ['leads'] };
  const voter = await people.voterOf({ ...ada, names: ['248289761001'] });
  assert.deepEqual(voter, { ...ada, names: ['248289761001'] });
  assert.deepEqual((await people.voterOf(ada)).names, []);
  assert.deepEqual(await people.namesBehind('oidc_1'), ['ada@example.com', '2482']);
  assert.deepEqual(await people.namesBehind('oidc_2'), []);
});
