import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';

import { ask, fakeGateway, listed } from '../../../testing/fake-gateway.ts';

const call = (id: number, name: string): JsonObject =>
  ask(id, 'tools/call', { name, arguments: {} });

function member(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => Object(at)[name], value);
}

test('mcp: what a client writes before its handshake is answered waits for it', async () => {
  const of = await fakeGateway();
  const params = { protocolVersion: '2025-11-25', capabilities: {} };
  await of.say(ask('hello', 'initialize', params));
  await of.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await of.say(call(1, 'read'));
  await of.say(call(2, 'read'));
  await of.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
  assert.deepEqual(of.client, []);
  assert.equal(of.server.length, 1);
  const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} } };
  await of.serve({ jsonrpc: '2.0', id: 'hello', result });
  assert.equal(member(of.server[1], 'method'), 'notifications/initialized');
  const asked = of.server.pop();
  assert.equal(member(asked, 'method'), 'tools/list');
  await of.serve({ jsonrpc: '2.0', id: member(asked, 'id'), result: { tools: [listed('read')] } });
  assert.deepEqual(
    of.server.slice(2).map((each) => member(each, 'id')),
    [1],
  );
  const refused = await fakeGateway();
  await refused.say(ask('hello', 'initialize', params));
  await refused.say(call(1, 'read'));
  await refused.serve({ jsonrpc: '2.0', id: 'hello', error: { code: -32602, message: 'no' } });
  assert.deepEqual(member(refused.client[1], 'error', 'code'), -32600);
  assert.equal(refused.server.length, 1);
});
