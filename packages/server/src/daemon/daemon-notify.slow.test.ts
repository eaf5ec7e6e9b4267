import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import type { DaemonHome } from '../../testing/daemon-program.ts';
import { oneThatAsks } from '../../testing/one-that-asks.ts';
import { type Got, openService, type Said, type ServiceStub } from '../../testing/service-stub.ts';
import { slackHeaders } from '../../testing/slack-signature.ts';
import type { DaemonClient } from '../client/daemon-client.ts';

const PATIENCE_MS = 60_000;

async function serviceFor(t: TestContext, answer: (got: Got) => Said): Promise<ServiceStub> {
  const service = await openService(answer);
  t.after(() => service.close());
  return service;
}

function homeWith(t: TestContext, channel: (secret: string) => object): DaemonHome {
  const secretHome = homeFor(t);
  const secret = join(secretHome.folder, 'channel.secret');
  writeFileSync(secret, 'sesame and more', { mode: 0o600 });
  return homeFor(t, {
    allowNetworks: '127.0.0.0/8',
    'notify.channels': JSON.stringify({ desk: channel(secret) }),
  });
}

async function eventually(done: () => Promise<boolean> | boolean): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    if (await done()) return;
    await sleep(50);
  }
  assert.fail('it did not happen in time');
}

function rowsIn(said: JsonObject): readonly JsonObject[] {
  const { rows } = said;
  return Array.isArray(rows) ? rows.filter((row) => isJsonObject(row)) : [];
}

async function waiting(client: DaemonClient): Promise<number> {
  return rowsIn(await get(client, 'notify/messages?state=waiting')).length;
}

const ROUNDS = 5;

test('daemon: killed while it tells people, it tells everything, and little twice', async (t) => {
  verifies('incident.notify');
  const taken: string[] = [];
  let seen = 0;
  const service = await serviceFor(t, ({ headers }) => {
    seen += 1;
    if (seen % 5 === 0) return { status: 500 };
    taken.push(String(headers['webhook-id']));
    return { status: 200 };
  });
  const home = homeWith(t, (secret) => ({ kind: 'webhook', url: service.url, secret }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const program = await running(t, home);
    if (round === 0) await post(program.client, 'agents', { agent: 'refunds' });
    for (const target of ['a', 'b', 'c', 'd']) {
      const halt = { scope: 'tool', target: `t${round}${target}`, reason: 'a test' };
      await post(program.client, 'agents/refunds/halt', halt);
    }
    await sleep(20 + ((round * 37) % 180));
    await program.end('SIGKILL');
  }
  const last = await running(t, home);
  await eventually(async () => (await waiting(last.client)) === 0);
  const told = rowsIn(await get(last.client, 'notify/messages?state=delivered&limit=1000'));
  const halts = told.filter(({ event }) => event === 'halt').map(({ key }) => text(key));
  assert.equal(new Set(halts).size, ROUNDS * 4, 'every halt was told');
  assert.ok(halts.every((key) => taken.includes(key)));
  // Only what was under way when it was killed may have come twice, one message each time.
  assert.ok(taken.length - new Set(taken).size <= ROUNDS);
  const size = taken.length;
  assert.equal(await last.end('SIGTERM'), 0);
  const calm = await running(t, home);
  await sleep(500);
  assert.equal(taken.length, size, 'a start tells nothing again');
  assert.equal(await calm.end('SIGTERM'), 0);
});

const MEMBERS = { U0LENA: 'lena@example.com', U0BEN: 'ben@example.com' };

test('daemon: a button in Slack approves for whom the pact names, and nobody else', async (t) => {
  verifies('human.approvals');
  const service = await serviceFor(t, () => ({
    status: 200,
    body: { ok: true, channel: 'C0ALERTS', ts: '1700000000.000100' },
  }));
  const home = homeWith(t, (secret) => ({
    kind: 'slack',
    api: `${service.url}/api`,
    secret,
    signingSecret: secret,
    channel: 'C0ALERTS',
    people: MEMBERS,
  }));
  const { client, started, end } = await running(t, home);
  const action = await oneThatAsks(client);
  const asked = await post(client, 'agents/refunds/actions/decide', action);
  assert.equal(asked['verdict'], 'step_up');
  await eventually(() => service.got.some(({ body }) => body.includes('plumbline_approve')));
  assert.ok(service.got.every(({ body }) => !body.includes('emma') && !body.includes('"amount"')));

  const press = async (user: string, said: string): Promise<string> => {
    const payload = {
      type: 'block_actions',
      user: { id: user },
      channel: { id: 'C0ALERTS' },
      response_url: `${service.url}/told`,
      actions: [{ action_id: `plumbline_${said}`, value: text(asked['approval']) }],
    };
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const stamp = Math.floor(Date.now() / 1_000);
    const answered = await fetch(`${started.url ?? ''}/notify/slack/desk`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...slackHeaders({ secret: 'sesame and more', stamp, body }),
      },
      body,
    });
    assert.equal(answered.status, 200);
    return service.got.findLast(({ path }) => path === '/told')?.body ?? '';
  };
  assert.match(await press('U0BEN', 'approve'), /Your word does not count/);
  assert.match(await press('U0EVE', 'approve'), /You are not known here/);
  const before = await post(client, 'agents/refunds/actions/decide', action);
  assert.equal(before['verdict'], 'step_up');
  assert.match(await press('U0LENA', 'approve'), /Your word counts\. The approval is approved/);
  const after = await post(client, 'agents/refunds/actions/decide', action);
  assert.equal(after['verdict'], 'allow');
  await eventually(() => service.got.some(({ path }) => path === '/api/chat.update'));
  const votes = rowsIn(await get(client, 'events?kind=vote'));
  assert.equal(votes.length, 1);
  assert.equal(await end('SIGTERM'), 0);
});
