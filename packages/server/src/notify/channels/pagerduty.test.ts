import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../../testing/notices.ts';
import { type Got, openService, type Said } from '../../../testing/service-stub.ts';
import { makePagerDuty } from '../../../testing/pagerduty-service.ts';
import type { Channel } from '../channel.ts';
import { pagerDutyChannel } from './pagerduty.ts';

const KEY = '0123456789abcdef0123456789abcdef';

async function within(
  answer: (got: Got) => Said,
  check: (channel: Channel, got: Got[]) => Promise<void>,
  secret = KEY,
): Promise<void> {
  const service = await openService(answer);
  const config = {
    kind: 'pagerduty',
    url: `${service.url}/v2/enqueue`,
    secret: { kind: 'file', path: '/key' },
  } as const;
  const readSecret = () => ({ ok: true, secret }) as const;
  const needs = { egress: service.egress, readSecret, origin: 'log.example/agents' };
  try {
    await check(pagerDutyChannel('pager', config, needs), service.got);
  } finally {
    await service.close();
  }
}

test('pagerduty: a halt triggers, a word acknowledges, a resume resolves, by one key', async () => {
  verifies('incident.notify');
  const pager = makePagerDuty({ clock: () => 0 });
  await within(pager.answer, async (channel, got) => {
    const states: (string | undefined)[] = [];
    const thread = makeMessage().notice.thread;
    for (const notice of [
      {},
      { event: 'word', phase: 'updates' } as const,
      { event: 'resume', phase: 'closes', severity: 'low' } as const,
    ]) {
      const sent = await channel.send(makeMessage(notice), CALM);
      assert.deepEqual(sent, { kind: 'delivered', reference: null });
      states.push(pager.alerts.get(thread));
    }
    assert.deepEqual(states, ['triggered', 'acknowledged', 'resolved']);
    const { payload } = JSON.parse(got[0]?.body ?? '');
    assert.equal(payload.severity, 'critical');
    assert.equal(payload.summary, 'HALT: agent `refunds` is stopped');
    assert.equal(payload.custom_details.next_word_by, '2023-11-14T22:43:20.000Z');
  });
});

test('pagerduty: the same event again is the same incident', async () => {
  const pager = makePagerDuty({ clock: () => 0 });
  await within(pager.answer, async (channel) => {
    await channel.send(makeMessage(), CALM);
    await channel.send(makeMessage({}, { attempt: 2 }), CALM);
    assert.equal(pager.alerts.size, 1);
  });
});

test('pagerduty: what is too long is cut, and a refusal is a dead letter', async () => {
  await within(makePagerDuty({ clock: () => 0 }).answer, async (channel) => {
    const long = { title: 'ü'.repeat(5_000), link: null };
    const sent = await channel.send(makeMessage(long), CALM);
    assert.equal(sent.kind, 'delivered');
  });
  const wrongKey = within(
    makePagerDuty({ clock: () => 0 }).answer,
    async (channel) => {
      const sent = await channel.send(makeMessage(), CALM);
      assert.deepEqual(sent, { kind: 'refused', fault: 'status-400' });
    },
    'too-short',
  );
  await wrongKey;
  await within(
    () => ({ status: 429 }),
    async (channel) => {
      const sent = await channel.send(makeMessage(), CALM);
      assert.equal(sent.kind === 'later' && sent.isAnswered, true);
    },
  );
});
