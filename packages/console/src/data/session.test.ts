import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readSession } from './session.ts';

test('session: a person is named by their address where they have one', () => {
  const person = { id: 'ada', email: 'ada@example.com', groups: [] };
  const said = readSession({ person, name: null, roles: ['admin'], ways: ['key'] });
  assert.equal(said.person, 'ada@example.com');
  assert.equal(said.name, 'ada@example.com');
  assert.deepEqual(said.ways, ['key']);
  assert.deepEqual(said.issuers, []);
});

test('session: nobody is signed in where nobody is named', () => {
  assert.equal(readSession({ person: null, ways: [] }).person, null);
  assert.equal(readSession('odd').person, null);
});

test('session: when it ends is said by the clock of this machine', () => {
  const times = { nowMs: 1_000, expiresAtMs: 61_000, idleAtMs: 31_000, idleMs: 30_000 };
  const said = readSession({ id: 'sgn_1', person: { id: 'ada' }, ...times }, 501_000);
  assert.deepEqual(
    [said.id, said.expiresAtMs, said.idleAtMs, said.idleMs],
    ['sgn_1', 561_000, 531_000, 30_000],
  );
});
