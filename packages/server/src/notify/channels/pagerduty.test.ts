import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../../testing/notices.ts';
import { type Got, openService, type Said } from '../../../testing/service-stub.ts';
import type { Channel } from '../channel.ts';
import { pagerDutyChannel } from './pagerduty.ts';

const KEY = '0123456789abcdef0123456789abcdef';

/** The contract of the Events API v2, as its reference states it: 202, 400 with errors, or 429. */
function pagerDuty(open: Map<string, string>): (got: Got) => Said {
  return ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
    if (headers['content-type'] !== 'application/json') return { status: 400 };
    const event: Record<string, unknown> = JSON.parse(body);
    const errors = faultsOf(event);
    if (errors.length > 0) {
      const message = 'Event object is invalid';
      return { status: 400, body: { status: 'invalid event', message, errors } };
    }
    const key = String(event['dedup_key']);
    // An acknowledge or a resolve of what is not open is taken and does nothing.
    if (event['event_action'] === 'trigger') open.set(key, 'triggered');
    else if (open.has(key)) open.set(key, `${String(event['event_action'])}d`);
    const message = 'Event processed';
    return { status: 202, body: { status: 'success', message, dedup_key: key } };
  };
}

const MEMBERS = 'routing_key event_action dedup_key payload client client_url links images';
const PAYLOAD = 'summary source severity timestamp component group class custom_details';

function faultsOf(event: Record<string, unknown>): readonly string[] {
  const payload = Object(event['payload'] ?? {});
  const isText = (value: unknown, most: number): boolean =>
    typeof value === 'string' && value.length > 0 && value.length <= most;
  const needs: readonly (readonly [string, boolean])[] = [
    ['routing_key', isText(event['routing_key'], 32) && String(event['routing_key']).length === 32],
    ['event_action', /^(trigger|acknowledge|resolve)$/.test(String(event['event_action']))],
    ['dedup_key', isText(event['dedup_key'], 255)],
    ['members', Object.keys(event).every((name) => MEMBERS.split(' ').includes(name))],
    ['payload', Object.keys(payload).every((name) => PAYLOAD.split(' ').includes(name))],
  ];
  const links = Array.isArray(event['links']) ? event['links'] : [];
  const more: readonly (readonly [string, boolean])[] = [
    ['summary', isText(payload.summary, 1_024)],
    ['source', isText(payload.source, 255)],
    ['severity', /^(critical|error|warning|info)$/.test(payload.severity)],
    ['timestamp', !Number.isNaN(Date.parse(payload.timestamp))],
    ['links', links.every((link) => /^https?:/.test(link.href))],
  ];
  const all = event['event_action'] === 'trigger' ? [...needs, ...more] : needs;
  return all.flatMap(([name, isGood]) => (isGood ? [] : [`'${name}' is invalid`]));
}

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
  const open = new Map<string, string>();
  await within(pagerDuty(open), async (channel, got) => {
    const states: (string | undefined)[] = [];
    const thread = makeMessage().notice.thread;
    for (const notice of [
      {},
      { event: 'word', phase: 'updates' } as const,
      { event: 'resume', phase: 'closes', severity: 'low' } as const,
    ]) {
      const sent = await channel.send(makeMessage(notice), CALM);
      assert.deepEqual(sent, { kind: 'delivered', reference: null });
      states.push(open.get(thread));
    }
    assert.deepEqual(states, ['triggered', 'acknowledged', 'resolved']);
    const { payload } = JSON.parse(got[0]?.body ?? '');
    assert.equal(payload.severity, 'critical');
    assert.equal(payload.summary, 'HALT: agent `refunds` is stopped');
    assert.equal(payload.custom_details.next_word_by, '2023-11-14T22:43:20.000Z');
  });
});

test('pagerduty: the same event again is the same incident', async () => {
  const open = new Map<string, string>();
  await within(pagerDuty(open), async (channel) => {
    await channel.send(makeMessage(), CALM);
    await channel.send(makeMessage({}, { attempt: 2 }), CALM);
    assert.equal(open.size, 1);
  });
});

test('pagerduty: what is too long is cut, and a refusal is a dead letter', async () => {
  await within(pagerDuty(new Map()), async (channel) => {
    const long = { title: 'ü'.repeat(5_000), link: null };
    const sent = await channel.send(makeMessage(long), CALM);
    assert.equal(sent.kind, 'delivered');
  });
  const wrongKey = within(
    pagerDuty(new Map()),
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
