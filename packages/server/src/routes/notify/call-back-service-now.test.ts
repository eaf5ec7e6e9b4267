import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { verifies } from '@plumbline/testkit';
import { Webhook } from 'standardwebhooks';

import { fakeNotices } from '../../../testing/fake-notices.ts';
import { type Answered, openFake } from '../../../testing/open-fake.ts';
import { rulesFor } from '../../../testing/notify-scene.ts';
import { threadId } from '../../notify/notice.ts';
import { makeServiceNowWords, type WordNeeds } from '../../notify/servicenow-word.ts';
import { refused } from '../../services/served.ts';

const SIGNING = 'a shared word of both sides';
const NOW = 1_700_000_000_000;
const ORIGIN = 'log.example';
const THREAD = threadId(ORIGIN, 'approval', 'apr_1');

type Told = {
  readonly id?: string;
  readonly stampMs?: number;
  readonly secret?: string;
  readonly channel?: string;
  readonly body?: object;
  /** What is sent in place of what was signed. */
  readonly instead?: object;
};

type Sent = { readonly raw: Buffer; readonly headers: Readonly<Record<string, string>> };

type Scene = {
  readonly tell: (told?: Told) => Promise<Answered>;
  readonly send: (sent: Sent) => Promise<Answered>;
  readonly votes: () => number;
  /** What the approvals say from now on. */
  failWith: 'unavailable' | 'conflict' | null;
};

async function within(check: (scene: Scene) => Promise<void>): Promise<void> {
  const file = { kind: 'file', path: '/s' } as const;
  const one = { kind: 'servicenow', url: 'https://x.example', user: 'u', clientId: null } as const;
  const of = { ...one, secret: file, approvals: true, assignmentGroup: null, closeCode: 'x' };
  const channels = { desk: { ...of, signingSecret: file }, mute: { ...of, signingSecret: null } };
  // Of an approval, its id alone is read.
  const asks = { list: () => [{ ask: { id: 'apr_0' } }, { ask: { id: 'apr_1' } }] } as never;
  const needs: WordNeeds = {
    rules: { ...rulesFor([]), channels },
    clock: () => NOW,
    readSecret: () => ({ ok: true, secret: SIGNING }),
    origin: ORIGIN,
    asks,
  };
  const bare = fakeNotices((_name, value) => Promise.resolve({ ok: true, value }));
  const serviceNow = makeServiceNowWords(needs);
  const fake = await openFake({ services: { notices: { ...bare, serviceNow } } });
  const { voteFrom } = fake.api.services.approvals;
  const scene: Scene = {
    tell: (told = {}) => fake.ask(asked(told)),
    send: (sent) => fake.ask({ method: 'POST', path: '/notify/servicenow/desk', ...sent }),
    votes: () => fake.calls.filter((name) => name === 'approvals.voteFrom').length,
    failWith: null,
  };
  Object.assign(fake.api.services.approvals, {
    voteFrom: (...given: Parameters<typeof voteFrom>) =>
      scene.failWith === null
        ? voteFrom(...given)
        : Promise.resolve(refused(scene.failWith, 'said so')),
  });
  try {
    await check(scene);
  } finally {
    await fake.close();
  }
}

function asked(told: Told): Parameters<Awaited<ReturnType<typeof openFake>>['ask']>[0] {
  const { id = 'w1', stampMs = NOW, secret = SIGNING, channel = 'desk' } = told;
  const body = JSON.stringify({
    thread: THREAD,
    state: 'approved',
    approver: 'lena@example.com',
    ...told.body,
  });
  const signer = new Webhook(secret, { format: 'raw' });
  return {
    method: 'POST',
    path: `/notify/servicenow/${channel}`,
    raw: Buffer.from(told.instead === undefined ? body : JSON.stringify(told.instead)),
    headers: {
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(stampMs / 1_000)}`,
      'webhook-signature': signer.sign(id, new Date(stampMs), body),
    },
  };
}

test("servicenow calls back: an approver's word is that of the person at the address", async () => {
  verifies('human.approvals');
  await within(async ({ tell, votes }) => {
    const told = await tell();
    assert.deepEqual([told.status, told.json['counted'], told.json['why']], [200, true, null]);
    assert.equal(votes(), 1);
    assert.equal((await tell({ id: 'w2', body: { state: 'rejected' } })).json['counted'], true);
  });
});

test('servicenow calls back: without a right, fresh, first signature nothing counts', async () => {
  verifies('enforce.fail-closed');
  await within(async ({ tell, votes }) => {
    assert.equal((await tell({ secret: 'another word' })).status, 403);
    assert.equal((await tell({ stampMs: NOW - 301_000 })).status, 403);
    assert.equal((await tell({ stampMs: NOW + 301_000 })).status, 403);
    const other = { thread: THREAD, state: 'approved', approver: 'eve@example.com' };
    assert.equal((await tell({ instead: other })).status, 403, 'another body than was signed');
    assert.equal((await tell({ channel: 'mute' })).status, 404);
    assert.equal((await tell({ channel: 'nobody' })).status, 404);
    assert.equal(votes(), 0);
    assert.equal((await tell({ stampMs: NOW - 10_000 })).status, 200);
    assert.equal((await tell()).status, 403, 'its id came before');
    assert.equal(votes(), 1);
  });
});

test('servicenow calls back: another thread and another shape vote on nothing', async () => {
  await within(async ({ tell, votes }) => {
    assert.equal((await tell({ id: 'w2', body: { thread: 'thr_unknown' } })).status, 404);
    assert.equal((await tell({ id: 'w3', body: { state: 'requested' } })).status, 400);
    assert.equal((await tell({ id: 'w4', body: { more: 1 } })).status, 400);
    assert.equal(votes(), 0);
  });
});

test('servicenow calls back: what the log could not take may come again', async () => {
  await within(async (scene) => {
    scene.failWith = 'unavailable';
    assert.equal((await scene.tell()).status, 503);
    scene.failWith = 'conflict';
    const told = await scene.tell();
    assert.deepEqual(
      [told.status, told.json['counted'], told.json['why']],
      [200, false, 'said so'],
    );
    assert.equal((await scene.tell()).status, 403);
  });
});

/** Runs the scripts of the guide as an instance would, and returns what they send. */
function runGuide(vote: object): Sent {
  const page = readFileSync(
    join(import.meta.dirname, '../../../../../docs/notifications.md'),
    'utf8',
  );
  const [include = '', rule = ''] = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, js]) => js);
  const headers: Record<string, string> = {};
  let body = '';
  runInNewContext(`${include}\n${rule}`, {
    current: vote,
    Class: {
      create: () =>
        function Made(this: { initialize: () => void }) {
          this.initialize();
        },
    },
    gs: { getProperty: (name: string) => (name === 'plumbline.signing' ? SIGNING : 'https://x/') },
    GlideStringUtil: { base64Encode: (text: string) => Buffer.from(text).toString('base64') },
    GlideCertificateEncryption: class {
      generateMac(key: string, algorithm: string, text: string): string {
        assert.equal(algorithm, 'HmacSHA256');
        return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
      }
    },
    Date: class {
      getTime(): number {
        return NOW;
      }
    },
    sn_ws: {
      RESTMessageV2: class {
        setEndpoint(): void {}
        setHttpMethod(method: string): void {
          assert.equal(method, 'POST');
        }
        setRequestHeader(name: string, value: string): void {
          headers[name] = value;
        }
        setRequestBody(text: string): void {
          body = text;
        }
        executeAsync(): void {}
      },
    },
  });
  return { raw: Buffer.from(body), headers };
}

test('servicenow calls back: what the scripts of the guide send is taken, once', async () => {
  verifies('human.approvals');
  await within(async ({ send, votes }) => {
    const sent = runGuide({
      sys_id: '0123456789abcdef0123456789abcdef',
      sys_mod_count: 3,
      state: 'approved',
      approver: { email: 'lena@example.com' },
      sysapproval: { correlation_id: THREAD },
    });
    const told = await send(sent);
    assert.deepEqual([told.status, told.json['counted']], [200, true], told.text);
    assert.equal((await send(sent)).status, 403);
    assert.equal(votes(), 1);
  });
});
