import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryKind } from '@plumbline/core';

import { openOfVersion, PactRegistry } from './pact-registry.ts';

const version = (digest: string): Parameters<typeof openOfVersion>[0] => ({
  digest,
  sources: `sources of ${digest}`,
  by: 'ada',
  approvedBy: null,
  signatures: [],
  reason: 'a test',
});

function registryOf(...said: readonly (readonly [EntryKind, string])[]): PactRegistry {
  const registry = new PactRegistry();
  for (const [index, [kind, digest]] of said.entries()) {
    const open = kind === 'armed' ? { pact: digest } : openOfVersion(version(digest));
    registry.fold({ kind, agent: 'a', at: index, index, open });
  }
  return registry;
}

const states = (registry: PactRegistry): readonly string[] =>
  registry.list('a').map(({ digest, state }) => `${digest} ${state}`);

test('registry: what is published is in force only once it is armed', () => {
  assert.deepEqual(states(registryOf(['pact_published', 'one'])), ['one withdrawn']);
  const armed = registryOf(['pact_published', 'one'], ['armed', 'one']);
  assert.deepEqual(states(armed), ['one armed']);
});

test('registry: arming a version leaves the one before as an earlier one', () => {
  const registry = registryOf(
    ['pact_published', 'one'],
    ['armed', 'one'],
    ['pact_proposed', 'two'],
    ['pact_published', 'two'],
    ['armed', 'two'],
  );
  assert.deepEqual(states(registry), ['two armed', 'one earlier']);
  assert.equal(registry.sourcesOf('one'), 'sources of one');
});

test('registry: one shadow at a time, and it can be withdrawn', () => {
  const registry = registryOf(
    ['pact_shadowed', 'one'],
    ['pact_shadowed', 'two'],
    ['pact_withdrawn', 'two'],
  );
  assert.deepEqual(states(registry), ['two withdrawn', 'one withdrawn']);
  assert.equal(registry.inState('a', 'shadow'), undefined);
});
