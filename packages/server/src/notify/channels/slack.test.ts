import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../../testing/notices.ts';
import { type Got, openService, type Said } from '../../../testing/service-stub.ts';
import type { SlackConfig } from '../../config/notify.ts';
import type { Channel } from '../channel.ts';
import { slackChannel, slackWebhookChannel } from './slack.ts';

const TOKEN = 'xoxb-test';

/** What Slack's reference says of blocks, for those that are used here. */
function faultIn(blocks: unknown): string | null {
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 50) return 'invalid_blocks';
  const isText = (text: { type?: string; text?: string } = {}, most = 0, type = ''): boolean =>
    text.type === type && (text.text ?? '').length > 0 && (text.text ?? '').length <= most;
  const isButton = (each: Record<string, never>): boolean =>
    each['type'] === 'button' &&
    isText(each['text'], 75, 'plain_text') &&
    String(each['value']).length <= 2_000 &&
    String(each['action_id']).length <= 255 &&
    ['primary', 'danger'].includes(String(each['style']));
  const isGood = blocks.every((block) => {
    if (block.type === 'header') return isText(block.text, 150, 'plain_text');
    if (block.type === 'section') return isText(block.text, 3_000, 'mrkdwn');
    return (
      block.type === 'actions' &&
      String(block.block_id).length <= 255 &&
      block.elements.length <= 25 &&
      block.elements.every(isButton)
    );
  });
  return isGood ? null : 'invalid_blocks';
}

type Posted = Map<string, Record<string, unknown>>;

/** The Web API as far as it is used: `ok` and an error in an answer of 200. */
function slack(posted: Posted): (got: Got) => Said {
  const no = (error: string): Said => ({ status: 200, body: { ok: false, error } });
  return ({ method, path, headers, body }) => {
    if (method !== 'POST') return { status: 404 };
    if (headers.authorization !== `Bearer ${TOKEN}`) return no('invalid_auth');
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    if (!isJson) return no('invalid_post_type');
    const said: Record<string, unknown> = JSON.parse(body);
    if (said['channel'] !== 'C0ALERTS') return no('channel_not_found');
    if (typeof said['text'] !== 'string' || said['text'] === '') return no('no_text');
    if (said['text'].length > 40_000) return no('msg_too_long');
    const fault = faultIn(said['blocks']);
    if (fault !== null) return no(fault);
    if (path === '/api/chat.update') {
      const ts = String(said['ts']);
      if (!posted.has(ts)) return no('message_not_found');
      posted.set(ts, said);
      return { status: 200, body: { ok: true, channel: 'C0ALERTS', ts } };
    }
    if (path !== '/api/chat.postMessage') return no('unknown_method');
    const ts = `170000000${posted.size}.000100`;
    posted.set(ts, said);
    return { status: 200, body: { ok: true, channel: 'C0ALERTS', ts } };
  };
}

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

test('slack: what goes on is a reply to what began', async () => {
  verifies('incident.notify');
  const posted: Posted = new Map();
  await within(slack(posted), async (channel) => {
    const first = await channel.send(makeMessage(), CALM);
    const reference = 'C0ALERTS:1700000000.000100';
    assert.deepEqual(first, { kind: 'delivered', reference });
    const end = { event: 'resume', phase: 'closes', severity: 'low' } as const;
    const second = await channel.send(makeMessage(end, { reference }), CALM);
    assert.deepEqual(second, { kind: 'delivered', reference: null });
    const [opened, reply] = [...posted.values()];
    assert.equal(opened?.['thread_ts'], undefined);
    assert.deepEqual(
      [reply?.['thread_ts'], reply?.['reply_broadcast']],
      ['1700000000.000100', true],
    );
  });
});

test('slack: an approval has buttons until it is over, none without a signing secret', async () => {
  verifies('human.approvals');
  const posted: Posted = new Map();
  const asked = { event: 'approval-asked', approval: 'apr_1', severity: 'medium' } as const;
  await within(slack(posted), async (channel) => {
    await channel.send(makeMessage(asked), CALM);
    assert.match(JSON.stringify(posted.get('1700000000.000100')), /plumbline_approve/);
    const reference = 'C0ALERTS:1700000000.000100';
    const ended = { ...asked, event: 'approval-ended', phase: 'closes' } as const;
    await channel.send(makeMessage(ended, { reference }), CALM);
    assert.doesNotMatch(JSON.stringify(posted.get('1700000000.000100')), /plumbline_approve/);
    assert.equal(posted.size, 1);
  });
  const plain: Posted = new Map();
  await within(
    slack(plain),
    async (channel) => {
      await channel.send(makeMessage(asked), CALM);
      assert.doesNotMatch(JSON.stringify([...plain.values()]), /plumbline_approve/);
    },
    { signingSecret: null },
  );
});

test('slack: long and hostile names neither break blocks nor mention anybody', async () => {
  const posted: Posted = new Map();
  await within(slack(posted), async (channel) => {
    const facts = Array.from({ length: 60 }, (_, at) => [`fact ${at}`, 'x'.repeat(120)] as const);
    const title = `<!channel> & <@U1> ${'y'.repeat(4_000)}`;
    const sent = await channel.send(makeMessage({ title, facts }), CALM);
    assert.equal(sent.kind, 'delivered');
    const [message] = [...posted.values()];
    assert.ok(!String(message?.['text']).includes('<!channel>'));
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
    const isGood = path === '/services/T0/B0/secret' && faultIn(said['blocks']) === null;
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
