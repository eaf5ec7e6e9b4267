import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { guardScene, valueOf } from '../../testing/guard-scene.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Look after orders.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders }
gates: off
allow:
  - { id: read, tool: orders.get }
halt_on: [escape_attempt]
`;

const SEEN = {
  agent: 'support',
  what: 'connections',
  refused: 1,
  events: [{ host: 'a' }],
} as const;

test('observed: what is found follows it, at most sixteen times of a name', async () => {
  verifies('enforce.supervised');
  const scene = await guardScene({ pact: PACT });
  const session = await scene.open();
  for (let at = 0; at < 20; at += 1) {
    const seen = { ...SEEN, session, finding: 'connection_refused' } as const;
    valueOf(await scene.guard.observed(seen));
  }
  valueOf(await scene.guard.observed({ ...SEEN, session }));
  const kinds = scene.entries().map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === 'observed').length, 21);
  assert.equal(kinds.filter((kind) => kind === 'finding').length, 16);
  assert.equal(kinds[kinds.indexOf('observed') + 1], 'finding');
});

test('observed: a pact may halt for what is found', async () => {
  verifies('enforce.supervised', 'human.halt');
  const scene = await guardScene({ pact: PACT });
  const session = await scene.open();
  const limit = { ...SEEN, session, what: 'limit', finding: 'limit_reached' } as const;
  valueOf(await scene.guard.observed(limit));
  assert.equal(valueOf(await scene.decide(session, 'r1', 'orders.get')).verdict, 'allow');
  const escape = { ...SEEN, session, finding: 'escape_attempt' } as const;
  valueOf(await scene.guard.observed(escape));
  assert.equal(valueOf(await scene.decide(session, 'r2', 'orders.get')).verdict, 'deny');
});
