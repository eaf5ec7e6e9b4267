import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../../testing/notices.ts';
import { type Got, openService, type Said } from '../../../testing/service-stub.ts';
import { faultInBlocks } from '../../../testing/slack-blocks.ts';
import { makeSlack, type SlackMessage } from '../../../testing/slack-service.ts';
import type { SlackConfig } from '../../config/notify.ts';
import type { Channel } from '../channel.ts';
import { slackChannel, slackWebhookChannel } from './slack.ts';

const TOKEN = 'xoxb-test';

async function within(
  answer: (got: Got) => Said,
  check: (channel: Channel) => Promise<void>,
  own: Partial<SlackConfig> = {},
): Promise<void> {
  const service = await openService(answer);
  const file = { kind: 'file', path: '/token' } as const;
  const config: SlackConfig = {
    kind: 'slack',
    api: `${service.url}/api`,
    secret: file,
    channel: 'C0ALERTS',
    signingSecret: file,
    people: {},
    ...own,
  };
  const readSecret = () => ({ ok: true, secret: TOKEN }) as const;
  const needs = { egress: service.egress, readSecret, origin: 'log.example' };
  try {
    await check(slackChannel('desk', config, needs));
  } finally {
    await service.close();
  }
}

const START = 1_700_000_000_000;

test('slack: what goes on is a reply to what began', async () => {
  verifies('incident.notify');
  const slack = makeSlack({ clock: () => START });
  await within(slack.answer, async (channel) => {
    const first = await channel.send(makeMessage(), CALM);
    const reference = 'C0ALERTS:1700000000.000000';
    assert.deepEqual(first, { kind: 'delivered', reference });
    const end = { event: 'resume', phase: 'closes', severity: 'low' } as const;
    const second = await channel.send(makeMessage(end, { reference }), CALM);
    assert.deepEqual(second, { kind: 'delivered', reference: null });
    const [opened, reply] = slack.messages;
    assert.equal(opened?.thread_ts, undefined);
    assert.deepEqual([reply?.thread_ts, reply?.['reply_broadcast']], ['1700000000.000000', true]);
  });
});

test('slack: an approval has buttons until it is over, none without a signing secret', async () => {
  verifies('human.approvals');
  const slack = makeSlack({ clock: () => START });
  const asked = { event: 'approval-asked', approval: 'apr_1', severity: 'medium' } as const;
  await within(slack.answer, async (channel) => {
    await channel.send(makeMessage(asked), CALM);
    assert.match(JSON.stringify(slack.messages), /plumbline_approve/);
    const reference = 'C0ALERTS:1700000000.000000';
    const ended = { ...asked, event: 'approval-ended', phase: 'closes' } as const;
    await channel.send(makeMessage(ended, { reference }), CALM);
    assert.doesNotMatch(JSON.stringify(slack.messages), /plumbline_approve/);
    assert.equal(slack.messages.length, 1);
  });
  const plain = makeSlack({ clock: () => START });
  await within(
    plain.answer,
    async (channel) => {
      await channel.send(makeMessage(asked), CALM);
      assert.doesNotMatch(JSON.stringify(plain.messages), /plumbline_approve/);
    },
    { signingSecret: null },
  );
});

test('slack: long and hostile names neither break blocks nor mention anybody', async () => {
  const slack = makeSlack({ clock: () => START });
  await within(slack.answer, async (channel) => {
    const facts = Array.from({ length: 60 }, (_, at) => [`fact ${at}`, 'x'.repeat(120)] as const);
    const title = `<!channel> & <@U1> ${'y'.repeat(4_000)}`;
    const sent = await channel.send(makeMessage({ title, facts }), CALM);
    assert.equal(sent.kind, 'delivered');
    assert.ok(!String(slack.messages[0]?.['text']).includes('<!channel>'));
  });
});

test('slack: a message whose answer was lost is found by its key, not posted again', async () => {
  verifies('incident.notify');
  const slack = makeSlack({ clock: () => START });
  await within(slack.answer, async (channel) => {
    const again = { attempt: 2, mayStand: true };
    await channel.send(makeMessage(), CALM);
    const others = Array.from({ length: 250 }, (_, at): SlackMessage => {
      return { ts: `17000000${`${at}`.padStart(3, '0')}.5`, text: 'something else' };
    });
    slack.messages.push(...others);
    const found = await channel.send(makeMessage({}, again), CALM);
    const reference = 'C0ALERTS:1700000000.000000';
    assert.deepEqual(found, { kind: 'delivered', reference });
    const word = { event: 'word', phase: 'updates' } as const;
    const reply = { key: 'ntc_word_desk', reference };
    await channel.send(makeMessage(word, reply), CALM);
    const told = await channel.send(makeMessage(word, { ...reply, ...again }), CALM);
    assert.deepEqual(told, { kind: 'delivered', reference: null });
    assert.equal(slack.messages.length - others.length, 2);
    // What was never taken is posted.
    await channel.send(makeMessage({}, { key: 'ntc_other_desk', ...again }), CALM);
    assert.equal(slack.messages.length - others.length, 3);
  });
});

test('slack: where the channel may not be read it is told twice rather than never', async () => {
  const slack = makeSlack({ clock: () => START });
  slack.scopes.delete('channels:history');
  const again = { attempt: 2, mayStand: true };
  await within(slack.answer, async (channel) => {
    assert.equal((await channel.send(makeMessage({}, again), CALM)).kind, 'delivered');
    assert.equal(slack.messages.length, 1);
  });
  await within(
    () => ({ status: 503 }),
    async (channel) => {
      const sent = await channel.send(makeMessage({}, again), CALM);
      assert.equal(sent.kind === 'later' && sent.fault, 'status-503', 'it is not known');
    },
  );
});

test('slack: beyond a message a second it says when to come again', async () => {
  const slack = makeSlack({ clock: () => START });
  await within(slack.answer, async (channel) => {
    for (let at = 0; at < 10; at += 1) {
      assert.equal(
        (await channel.send(makeMessage({}, { key: `k${at}` }), CALM)).kind,
        'delivered',
      );
    }
    const limited = await channel.send(makeMessage({}, { key: 'k11' }), CALM);
    const retryAfterMs = 1_000;
    assert.deepEqual(limited, {
      kind: 'later',
      fault: 'status-429',
      isAnswered: true,
      retryAfterMs,
    });
  });
});

test('slack: an error in an answer of 200 is an error', async () => {
  const errors: readonly (readonly [string, string])[] = [
    ['ratelimited', 'later'],
    ['internal_error', 'later'],
    ['invalid_blocks', 'refused'],
    ['not_in_channel', 'later'],
  ];
  for (const [error, kind] of errors) {
    await within(
      () => ({ status: 200, body: { ok: false, error } }),
      async (channel) => assert.equal((await channel.send(makeMessage(), CALM)).kind, kind),
    );
  }
  await within(
    () => ({ status: 429, headers: { 'retry-after': '30' } }),
    async (channel) => {
      const sent = await channel.send(makeMessage(), CALM);
      assert.equal(sent.kind === 'later' && sent.retryAfterMs, 30_000);
    },
  );
  await within(
    () => ({ status: 200, body: 'ok' }),
    async (channel) => assert.equal((await channel.send(makeMessage(), CALM)).kind, 'later'),
  );
});

test('slack: an incoming webhook takes text and blocks', async () => {
  const service = await openService(({ body, path }) => {
    const said: Record<string, unknown> = JSON.parse(body);
    const isGood = path === '/services/T0/B0/secret' && faultInBlocks(said['blocks']) === null;
    return { status: isGood && typeof said['text'] === 'string' ? 200 : 400, body: 'ok' };
  });
  const secret = { kind: 'file', path: '/url' } as const;
  const readSecret = () => ({ ok: true, secret: `${service.url}/services/T0/B0/secret` }) as const;
  const needs = { egress: service.egress, readSecret, origin: 'log.example' };
  const channel = slackWebhookChannel('desk', { kind: 'slack-webhook', secret }, needs);
  try {
    assert.equal((await channel.send(makeMessage(), CALM)).kind, 'delivered');
  } finally {
    await service.close();
  }
});
