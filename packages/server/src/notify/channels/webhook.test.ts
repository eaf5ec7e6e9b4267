import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

import { inFolder } from '../../../testing/folder.ts';
import { CALM, makeMessage } from '../../../testing/notices.ts';
import { openService, type Said, type ServiceStub } from '../../../testing/service-stub.ts';
import type { Channel, Sent } from '../channel.ts';
import { makeReadSecret } from '../read-secret.ts';
import { webhookChannel } from './webhook.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

async function within(
  answer: () => Said,
  check: (
    channel: Channel,
    at: { readonly service: ServiceStub; readonly file: string },
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'secret');
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    const service = await openService(answer);
    const config = {
      kind: 'webhook',
      url: `${service.url}/hook?team=1`,
      secret: { kind: 'file', path: file },
    } as const;
    const { egress } = service;
    const needs = { egress, readSecret: makeReadSecret(null), origin: 'log.example/agents' };
    try {
      await check(webhookChannel('hook', config, needs), { service, file });
    } finally {
      await service.close();
    }
  });
}

// The libraries of both standards check against the time of now.
const now = (): number => Date.now();

test('webhook: a receiver with the libraries of both standards takes it', async () => {
  verifies('incident.notify');
  await within(
    () => ({ status: 204 }),
    async (channel, { service }) => {
      const sent = await channel.send(makeMessage({}, { now: now() }), CALM);
      assert.deepEqual(sent, { kind: 'delivered', reference: null });
      const [got] = service.got;
      assert.ok(got);
      assert.equal(got.method, 'POST');
      assert.equal(got.path, '/hook?team=1');
      const signed = {
        'webhook-id': String(got.headers['webhook-id']),
        'webhook-timestamp': String(got.headers['webhook-timestamp']),
        'webhook-signature': String(got.headers['webhook-signature']),
      };
      const body: unknown = new Webhook(SECRET).verify(got.body, signed);
      const event = new CloudEvent<Record<string, unknown>>(Object(body), true);
      assert.equal(event.id, got.headers['webhook-id']);
      assert.equal(event.type, 'plumbline.halt');
      assert.equal(event.data?.['entry'], 7);
      assert.throws(() => new Webhook(SECRET).verify(got.body.replace('refunds', 'x'), signed));
    },
  );
});

test('webhook: every attempt has the same id, and another signature', async () => {
  await within(
    () => ({ status: 500 }),
    async (channel, { service }) => {
      await channel.send(makeMessage({}, { now: now() - 5_000 }), CALM);
      await channel.send(makeMessage({}, { now: now(), attempt: 2 }), CALM);
      const [one, two] = service.got;
      assert.equal(one?.headers['webhook-id'], two?.headers['webhook-id']);
      assert.equal(one?.body, two?.body);
      assert.notEqual(one?.headers['webhook-signature'], two?.headers['webhook-signature']);
    },
  );
});

test('webhook: each answer means what its status says', async () => {
  const meanings: readonly (readonly [Said, Sent])[] = [
    [
      { status: 200, body: 'anything' },
      { kind: 'delivered', reference: null },
    ],
    [
      { status: 429, headers: { 'retry-after': '120' } },
      { kind: 'later', fault: 'status-429', isAnswered: true, retryAfterMs: 120_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': 'Wed, 15 Nov 2023 00:13:21 GMT' } },
      { kind: 'later', fault: 'status-503', isAnswered: true, retryAfterMs: 7_200_000 },
    ],
    [{ status: 401 }, { kind: 'later', fault: 'status-401', isAnswered: true, retryAfterMs: null }],
    [{ status: 413 }, { kind: 'refused', fault: 'status-413' }],
    [
      { status: 302, headers: { location: 'https://other.example/' } },
      { kind: 'later', fault: 'redirect', isAnswered: false, retryAfterMs: null },
    ],
  ];
  let said: Said = { status: 200 };
  await within(
    () => said,
    async (channel) => {
      for (const [answer, sent] of meanings) {
        said = answer;
        assert.deepEqual(await channel.send(makeMessage(), CALM), sent);
      }
    },
  );
});

test('webhook: a secret that others can read, or that is gone, sends nothing', async () => {
  await within(
    () => ({ status: 200 }),
    async (channel, { service, file }) => {
      chmodSync(file, 0o644);
      const sent = await channel.send(makeMessage(), CALM);
      assert.equal(sent.kind === 'later' && sent.fault, 'no-secret');
      assert.equal(service.got.length, 0);
      const read = makeReadSecret(null)({ kind: 'file', path: file });
      assert.match(read.ok ? '' : read.why, /is open to other users; run `chmod 600/);
      const none = makeReadSecret(null)({ kind: 'credential', name: 'x' });
      assert.match(none.ok ? '' : none.why, /systemd gave none/);
    },
  );
});
