import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type CollectNeeds, VoteCollector } from './collect-votes.ts';

test('votes elsewhere: however many approvals wait, each is asked about in its turn', async () => {
  verifies('human.approvals');
  const ids = Array.from({ length: 120 }, (_, at) => `apr_${at}`);
  const asked: string[] = [];
  const needs: CollectNeeds = {
    outbox: { reference: (_channel, thread) => thread },
    origin: 'example.com/log',
    channels: [
      {
        name: 'now',
        kind: 'servicenow',
        send: async () => ({ kind: 'delivered', reference: null }),
        votes: async (reference) => (asked.push(reference), { ok: true, votes: [] }),
      },
    ],
    asks: {
      // What is collected reads the id and the state alone, which the compiler cannot see.
      list: () =>
        ids.map((id) => ({ ask: { id, state: 'pending' } })) as unknown as ReturnType<
          CollectNeeds['asks']['list']
        >,
    },
    voteFrom: () => assert.fail('nobody said anything'),
    failed: (cause) => assert.fail(String(cause)),
  };
  const collector = new VoteCollector(needs);
  for (const now of [1, 2, 3, 4]) await collector.collect(now);
  assert.equal(new Set(asked.slice(0, 120)).size, 120);
  assert.equal(asked[120], asked[0]);
});
