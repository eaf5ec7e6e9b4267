import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isJsonObject, parsedJson, type JsonObject } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';
import { Webhook } from 'standardwebhooks';

import { get, homeFor, post, running } from '../../testing/ask-daemon.ts';
import { oneThatAsks } from '../../testing/one-that-asks.ts';
import { openService } from '../../testing/service-stub.ts';
import { makeInstance } from '../../testing/servicenow-instance.ts';

const SIGNING = 'a word that both sides know';

/** Calls back as an instance does, and returns what was answered. */
async function callBack(url: string, id: string, word: JsonObject): Promise<JsonObject> {
  const body = JSON.stringify(word);
  const now = new Date();
  const answered = await fetch(`${url}/notify/servicenow/now`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(now.getTime() / 1_000)}`,
      'webhook-signature': new Webhook(SIGNING, { format: 'raw' }).sign(id, now, body),
    },
    body,
  });
  const said = parsedJson(await answered.text());
  assert.ok(isJsonObject(said));
  return { status: answered.status, ...said };
}

test('daemon: an approver in ServiceNow is heard at once by a call back', async (t) => {
  verifies('human.approvals', 'incident.notify');
  const instance = makeInstance();
  const service = await openService((got) => instance.answer(got));
  t.after(() => service.close());
  const { folder } = homeFor(t);
  const [secret, signingSecret] = [join(folder, 'now.secret'), join(folder, 'now.signing')];
  writeFileSync(secret, 'pass', { mode: 0o600 });
  writeFileSync(signingSecret, SIGNING, { mode: 0o600 });
  const of = { kind: 'servicenow', url: service.url, user: 'plumb', approvals: true };
  const home = homeFor(t, {
    allowNetworks: '127.0.0.0/8',
    'notify.channels': JSON.stringify({ now: { ...of, secret, signingSecret } }),
  });
  const { client, started, end } = await running(t, home);
  const url = started.url ?? '';
  const action = await oneThatAsks(client);
  assert.equal((await post(client, 'agents/refunds/actions/decide', action))['verdict'], 'step_up');
  const change = await until(() => instance.tables.get('change_request')?.[0]);
  const { correlation_id: thread = '' } = change;

  const ben = await callBack(url, 'w1', { thread, state: 'approved', approver: 'ben@example.com' });
  assert.deepEqual([ben['status'], ben['counted']], [200, false]);
  const word = { thread, state: 'approved', approver: 'lena@example.com' };
  const lena = await callBack(url, 'w2', word);
  assert.deepEqual([lena['status'], lena['counted'], lena['state']], [200, true, 'approved']);
  assert.equal((await callBack(url, 'w2', word))['status'], 403);
  assert.equal((await post(client, 'agents/refunds/actions/decide', action))['verdict'], 'allow');
  const { rows } = await get(client, 'events?kind=vote');
  assert.ok(Array.isArray(rows));
  assert.equal(rows.length, 1);
  assert.equal(await end('SIGTERM'), 0);
});
