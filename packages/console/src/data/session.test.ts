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
