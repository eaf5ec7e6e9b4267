import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import {
  allowed,
  ask,
  type FakeDaemon,
  fakeGateway,
  type FakeGateway,
  listed,
  MODERN_META,
  shakeHands,
} from '../../../testing/fake-gateway.ts';
import type { Asked, Said } from './enforcement.ts';
import type { Answer } from '../../guard/guard.ts';
import type { StagingServer, UpstreamListener } from './upstream.ts';

/** A staging upstream that the test is, which greets and lists by itself. */
type Sandbox = StagingServer & {
  readonly heard: JsonObject[];
  readonly said: () => UpstreamListener;
  readonly isClosed: () => boolean;
};

function sandbox({ tools = [listed('write')], isThere = true } = {}): Sandbox {
  const heard: JsonObject[] = [];
  let listener: UpstreamListener | null = null;
  let isClosed = false;
  const serve = (message: object): void => {
    const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    setImmediate(() => listener?.line(bytes));
  };
  const answer = ({ id, method }: JsonObject): void => {
    if (!isThere) return;
    if (method === 'initialize') serve({ id, result: { protocolVersion: '2025-11-25' } });
    if (method === 'server/discover') serve({ id, result: { supportedVersions: ['2026-07-28'] } });
    if (method === 'tools/list') serve({ id, result: { tools } });
  };
  return {
    name: 'box',
    isRemote: false,
    heard,
    said: () => {
      assert.ok(listener !== null);
      return listener;
    },
    isClosed: () => isClosed,
    open: (of) => {
      listener = of;
      if (!isThere) setImmediate(() => of.gone('it does not start'));
      return {
        send: (bytes) => {
          // What the gateway writes is JSON.
          const message = JSON.parse(bytes.toString('utf8')) as JsonObject;
          heard.push(message);
          answer(message);
        },
        close: async () => void (isClosed = true),
      };
    },
  };
}

const stagedTo =
  (upstream: string) =>
  (action: Asked): Said<Answer> => {
    const said = allowed(action);
    const route = { side: 'staging', upstream, phase: 'staging' } as const;
    return said.ok ? { ok: true, value: { ...said.value, route } } : said;
  };

async function started(daemon: FakeDaemon, server?: StagingServer): Promise<FakeGateway> {
  const fake = await fakeGateway(daemon, {}, server);
  await shakeHands(fake);
  await fake.say(ask('l', 'tools/list'));
  await fake.serve({ jsonrpc: '2.0', id: 'l', result: { tools: [listed('write')] } });
  fake.server.length = 0;
  fake.client.length = 0;
  fake.asked.length = 0;
  return fake;
}

const CALL = { name: 'write', arguments: { path: 'a' } };

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const callsIn = ({ heard }: Sandbox): readonly unknown[] =>
  heard.filter(({ method }) => method === 'tools/call').map(({ params }) => params);

describe('a staging upstream beside a server', () => {
  test('staging: a staged call goes to the staging upstream and never to the server', async () => {
    verifies('pact.staging');
    const box = sandbox();
    const fake = await started({ decide: stagedTo('box') }, box);
    await fake.say(ask(7, 'tools/call', CALL));
    await settled();
    assert.deepEqual(callsIn(box), [CALL]);
    assert.deepEqual(fake.server, []);
    const result = { content: [{ type: 'text', text: 'done in the box' }] };
    box.said().line(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 7, result })));
    await settled();
    assert.deepEqual(fake.client, [{ jsonrpc: '2.0', id: 7, result }]);
    assert.deepEqual(fake.reports.at(-1)?.result, 'done in the box');
    await fake.relay.staging?.close();
    assert.ok(box.isClosed());
  });

  test('staging: what is decided to be live goes to the server beside a sandbox', async () => {
    const box = sandbox();
    const fake = await started({}, box);
    await fake.say(ask(7, 'tools/call', CALL));
    await settled();
    assert.deepEqual([callsIn(box).length, fake.server.length], [0, 1]);
  });

  test('staging: where no upstream of that name is, the call goes nowhere', async () => {
    verifies('pact.staging', 'enforce.fail-closed');
    const places = [
      [undefined, 'no staging upstream `box` is configured here'],
      [{ ...sandbox(), name: 'other' }, 'the staging upstream here is `other`, not `box`'],
      [sandbox({ isThere: false }), 'the staging upstream `box` is away'],
    ] as const;
    for (const [server, why] of places) {
      const fake = await started({ decide: stagedTo('box') }, server);
      await fake.say(ask(7, 'tools/call', CALL));
      await settled();
      const text = JSON.stringify(fake.client);
      assert.ok(text.includes(`\`fs.write\` is staged, and ${why}`), text);
      assert.ok(text.includes('"code":"no-upstream"'), text);
      assert.deepEqual(fake.server, []);
      assert.equal(fake.reports.at(-1)?.status, 'not_sent');
    }
  });

  test('staging: a definition that differs from the pinned one is quarantined', async () => {
    verifies('pact.staging', 'enforce.tool-pinning');
    const box = sandbox();
    let state: 'usable' | 'quarantined' = 'usable';
    const fake = await started({ decide: stagedTo('box'), offer: () => state }, box);
    state = 'quarantined';
    await fake.say(ask(7, 'tools/call', CALL));
    await settled();
    assert.match(
      JSON.stringify(fake.client),
      /at the staging upstream `box`, its definition is another/,
    );
    assert.deepEqual(fake.asked.slice(-2), ['refused fs.write changed', 'report not_sent']);
    const bare = await started({ decide: stagedTo('box') }, sandbox({ tools: [] }));
    await bare.say(ask(7, 'tools/call', CALL));
    await settled();
    assert.match(JSON.stringify(bare.client), /upstream `box` does not list `fs.write`/);
  });

  test('staging: it may ask for nothing, and its end ends its calls alone', async () => {
    verifies('pact.staging', 'enforce.meta-tools');
    const box = sandbox();
    const fake = await started({ decide: stagedTo('box') }, box);
    await fake.say(ask(7, 'tools/call', CALL));
    await settled();
    const asked = { jsonrpc: '2.0', id: 1, method: 'roots/list', params: {} };
    box.said().line(Buffer.from(JSON.stringify(asked)));
    assert.equal(Object(box.heard.at(-1)?.['error']).code, -32601);
    box.said().line(Buffer.from('no JSON at all'));
    box.said().gone('killed');
    await settled();
    assert.match(JSON.stringify(fake.client), /"code":"server-gone"/);
    assert.equal(fake.reports.at(-1)?.status, 'unknown');
    assert.ok(!fake.relay.state.isServerGone);
  });

  test('staging: clients without a handshake are routed alike, and cancelled there', async () => {
    const box = sandbox();
    const fake = await fakeGateway({ decide: stagedTo('box') }, {}, box);
    const params = { ...CALL, _meta: MODERN_META };
    await fake.say(ask(7, 'tools/call', params));
    const [list] = fake.server;
    const result = { tools: [listed('write')], resultType: 'complete' };
    await fake.serve({ jsonrpc: '2.0', id: Object(list).id, result });
    await settled();
    assert.equal(callsIn(box).length, 1);
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } };
    await fake.say(cancel);
    await settled();
    assert.equal(box.heard.at(-1)?.['method'], 'notifications/cancelled');
  });
});
