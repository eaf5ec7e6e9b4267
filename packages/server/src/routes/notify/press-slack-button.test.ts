import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { fakeNotices } from '../../../testing/fake-notices.ts';
import { type Answered, openFake } from '../../../testing/open-fake.ts';
import { rulesFor } from '../../../testing/notify-scene.ts';
import { slackHeaders } from '../../../testing/slack-signature.ts';
import { makeSlackPresses } from '../../notify/slack-press.ts';

const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW = 1_700_000_000_000;

type Press = {
  readonly user?: string;
  readonly action?: string;
  readonly type?: string;
  readonly stamp?: number;
  readonly secret?: string;
  readonly channel?: string;
};

type Scene = {
  readonly press: (of?: Press) => Promise<Answered>;
  readonly raw: (body: string, headers: Readonly<Record<string, string>>) => Promise<Answered>;
  readonly votes: () => number;
  readonly told: string[];
};

async function within(check: (scene: Scene) => Promise<void>): Promise<void> {
  const told: string[] = [];
  const file = { kind: 'file', path: '/s' } as const;
  const desk = {
    kind: 'slack',
    api: 'https://slack.com/api',
    secret: file,
    channel: 'C0ALERTS',
    signingSecret: file,
    people: { U0LENA: 'lena@example.com' },
  } as const;
  const slack = makeSlackPresses({
    rules: { ...rulesFor([]), channels: { desk } },
    clock: () => NOW,
    readSecret: () => ({ ok: true, secret: SIGNING }),
    egress: {
      request: ({ url, body }) => {
        told.push(`${url} ${String(body)}`);
        const value = { status: 200, contentType: '', body: new Uint8Array() };
        return Promise.resolve({ ok: true, value });
      },
      addressOf: () => Promise.resolve({ ok: false, fault: 'unresolved', message: '' }),
    },
  });
  const bare = fakeNotices((_name, value) => Promise.resolve({ ok: true, value }));
  const fake = await openFake({ services: { notices: { ...bare, slack } } });
  const raw: Scene['raw'] = (body, headers) =>
    fake.ask({
      method: 'POST',
      path: '/notify/slack/desk',
      raw: Buffer.from(body),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const press: Scene['press'] = (of = {}) => {
    const { stamp = NOW / 1_000, secret = SIGNING } = of;
    const body = bodyOf(of);
    return raw(body, slackHeaders({ secret, stamp, body }));
  };
  const votes = (): number => fake.calls.filter((name) => name === 'approvals.voteFrom').length;
  try {
    await check({ press, raw, votes, told });
  } finally {
    await fake.close();
  }
}

function bodyOf({ user = 'U0LENA', action = 'plumbline_approve', type, channel }: Press): string {
  const payload = {
    type: type ?? 'block_actions',
    user: { id: user, team_id: 'T0' },
    channel: { id: channel ?? 'C0ALERTS' },
    response_url: 'https://hooks.slack.com/actions/T0/1/abc',
    actions: [{ type: 'button', action_id: action, block_id: 'b', value: 'apr_1' }],
  };
  return `payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

test("slack buttons: a member's button is the word of the person it is mapped to", async () => {
  verifies('human.approvals');
  await within(async ({ press, votes, told }) => {
    const answered = await press();
    assert.deepEqual([answered.status, answered.text], [200, '']);
    assert.equal(votes(), 1);
    assert.match(told[0] ?? '', /^https:\/\/hooks\.slack\.com\/actions.*Your word counts/);
  });
});

test('slack buttons: without a right, fresh, first signature nothing counts', async () => {
  await within(async ({ press, raw, votes }) => {
    assert.equal((await press({ secret: 'other' })).status, 403);
    assert.equal((await press({ stamp: NOW / 1_000 - 301 })).status, 403);
    assert.equal((await press({ stamp: NOW / 1_000 + 301 })).status, 403);
    assert.equal((await raw(bodyOf({}), {})).status, 403);
    assert.equal(votes(), 0);
    assert.equal((await press({ stamp: NOW / 1_000 - 10 })).status, 200);
    assert.equal((await press({ stamp: NOW / 1_000 - 10 })).status, 403, 'it came before');
    assert.equal(votes(), 1);
  });
});

test('slack buttons: who is not mapped, and what is no button, votes on nothing', async () => {
  await within(async ({ press, votes, told }) => {
    assert.equal((await press({ user: 'U0EVE' })).status, 200);
    assert.match(told[0] ?? '', /You are not known here/);
    assert.equal((await press({ action: 'other' })).status, 400);
    assert.equal((await press({ type: 'view_submission' })).status, 400);
    assert.equal((await press({ channel: 'C0OTHER' })).status, 403);
    assert.equal((await press({ user: 'constructor' })).status, 200);
    assert.equal(votes(), 0);
  });
});
