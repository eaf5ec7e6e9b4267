import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import {
  allowed,
  answered,
  ask,
  type FakeDaemon,
  type FakeGateway,
  fakeGateway,
  listed,
  shakeHands,
} from '../../../testing/fake-gateway.ts';

async function opened(daemon: FakeDaemon = {}, tools: readonly Json[] = [listed('read')]) {
  const self = await fakeGateway(daemon);
  await shakeHands(self);
  await self.say(ask('list', 'tools/list'));
  await self.serve({ jsonrpc: '2.0', id: 'list', result: { tools: [...tools] } });
  self.client.length = 0;
  self.server.length = 0;
  self.asked.length = 0;
  return self;
}

function call(self: FakeGateway, id: number, args: object = {}): Promise<void> {
  return self.say({ ...ask(id, 'tools/call'), params: { name: 'read', arguments: args } });
}

/** A call of `read` whose arguments are a text of JSON. */
function raw(args: string): string {
  const params = `{"name":"read","arguments":${args}}`;
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
}

function refusalIn(line: Json | undefined): string {
  const { result, error } = Object(line);
  const code = Object(Object(result)['_meta'])['plumbline/refusal']?.code;
  return code === undefined ? String(error?.message) : `${code}: ${result.content[0].text}`;
}

const BAD = [
  '{"n":9007199254740993}',
  '{"n":1e999}',
  '{"s":"\\ud800"}',
  '{"\\udc00":1}',
  '{"path":"a","Path":"b"}',
  '{"a":[{"kind":1,"\\u212aind":2}]}',
];

const SHAPED = {
  ...listed('read'),
  outputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
};

test('hostile server: a result that breaks the schema of its tool is withheld', async () => {
  verifies('enforce.tool-pinning');
  const self = await opened({}, [SHAPED]);
  const answers: readonly Json[] = [
    { content: [], structuredContent: { n: 'a lie' } },
    { content: [{ type: 'text', text: 'no structure' }] },
    { content: [], structuredContent: { n: 1 } },
    { content: [{ type: 'text', text: 'failed' }], isError: true },
  ];
  const seen: unknown[] = [];
  for (const [id, result] of answers.entries()) {
    await call(self, id);
    await self.serve({ jsonrpc: '2.0', id, result });
    const line = self.client.pop();
    const isReleased = JSON.stringify(Object(line).result) === JSON.stringify(result);
    seen.push([isReleased ? 'released' : refusalIn(line), self.reports.at(-1)?.result]);
  }
  const says = "bad-answer: plumbline refused this call: the tool's answer is not what its";
  assert.deepEqual(seen, [
    [
      `${says} definition says: \`structuredContent.n\` is not of type number`,
      { withheld: 'breaks-schema', bytes: 82 },
    ],
    [
      `${says} definition says: \`structuredContent\` is missing`,
      { withheld: 'breaks-schema', bytes: 85 },
    ],
    ['released', { n: 1 }],
    ['released', 'failed'],
  ]);
});

test('hostile client: numbers and texts that two readers hold otherwise are refused', async () => {
  verifies('enforce.fail-closed');
  const self = await opened();
  for (const args of BAD) {
    await self.say(raw(args));
  }
  assert.deepEqual(self.client.map(refusalIn), [
    'a number is beyond 2^53 - 1: send it as text',
    'a number is beyond 2^53 - 1: send it as text',
    'a text is not Unicode',
    'a name is not Unicode',
    'two names in one object differ in case alone',
    'two names in one object differ in case alone',
  ]);
  assert.deepEqual([self.server, self.asked], [[], []]);
});

test('hostile client: a member called __proto__ is decided as any other is', async () => {
  const decided: string[] = [];
  const self = await opened({
    decide: ({ args }) => {
      decided.push(JSON.stringify(args));
      return { ok: false, code: 'unavailable', message: 'seen' };
    },
  });
  await self.say(raw('{"__proto__":{"path":"x"}}'));
  assert.deepEqual(decided, ['{"__proto__":{"path":"x"}}']);
});

test('hostile peers: a tool may not have the name of what the protocol does itself', async () => {
  const self = await opened({ usable: ['fs.resources.read'] }, [listed('resources.read')]);
  await self.say(ask(1, 'tools/list'));
  await self.serve({ jsonrpc: '2.0', id: 1, result: { tools: [listed('resources.read')] } });
  assert.deepEqual(Object(self.client.pop()).result.tools, []);
  await self.say({ ...ask(2, 'tools/call'), params: { name: 'resources.read', arguments: {} } });
  assert.equal(refusalIn(self.client.pop()), '`resources.read` is the name of no tool');
});

test('hostile server: what it asks is bounded, and its ids are its own', async () => {
  const self = await opened();
  for (let id = 0; id < 300; id += 1) await self.serve(ask(id, 'ping'));
  assert.equal(self.client.length, 256);
  assert.match(refusalIn(self.server.at(-1)), /too much was asked of the client/);
  await self.serve(ask(7, 'ping'));
  assert.equal(refusalIn(self.server.at(-1)), 'this id is in use');
  self.client.length = 0;
  self.server.length = 0;
  // The client's own request with the same id is another one.
  await call(self, 7);
  await self.serve({ jsonrpc: '2.0', id: 7, result: { content: [] } });
  assert.deepEqual(Object(self.client[0]).result, { content: [] });
  await self.say({ jsonrpc: '2.0', id: 7, result: {} });
  assert.deepEqual(Object(self.server.at(-1)), { jsonrpc: '2.0', id: 7, result: {} });
});

test('hostile peers: what was asked of a client that leaves has an outcome', async () => {
  verifies('enforce.fail-closed');
  const usable = ['fs.sampling.createMessage'];
  const self = await opened({ usable });
  const params = { messages: [], maxTokens: 1 };
  await self.serve({ ...ask('s', 'sampling/createMessage'), params });
  assert.deepEqual(self.client.length, 1);
  self.gateway.clientGone();
  await self.gateway.settled();
  assert.deepEqual(
    self.reports.map(({ status }) => status),
    ['unknown'],
  );
});

test('hostile server: an answer that comes late and is too large has an outcome', async () => {
  verifies('enforce.fail-closed');
  const self = await opened();
  await call(self, 1);
  await self.say({
    ...ask(0, ''),
    id: undefined,
    method: 'notifications/cancelled',
    params: { requestId: 1 },
  });
  const text = 'x'.repeat(800_000);
  await self.serve({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } });
  await self.gateway.settled();
  assert.deepEqual(
    self.reports.map(({ status, result }) => [status, result]),
    [['ok', { withheld: 'too-large', bytes: 800_073 }]],
  );
});

test('hostile server: a bug met in a late answer is told, and ends nothing else', async () => {
  verifies('enforce.fail-closed');
  const self = await opened({
    report: ({ status }) => {
      if (status === 'ok') throw new RangeError('secret of the answer');
      return { ok: true, value: null };
    },
  });
  await call(self, 1);
  await self.say({ ...CANCELLED, params: { requestId: 1 } });
  await self.gateway.settled();
  await self.serve({ jsonrpc: '2.0', id: 1, result: { content: [] } });
  await self.gateway.settled();
  assert.deepEqual(
    self.notes.map((note) => note.split('\n', 1)[0]),
    ['a fault of the gateway: RangeError'],
  );
  assert.doesNotMatch(self.notes.join(), /secret/);
});

const CANCELLED = { jsonrpc: '2.0', method: 'notifications/cancelled' } as const;
const CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' } as const;

test('hostile server: a list that changes while it is read is read again first', async () => {
  verifies('enforce.tool-pinning');
  let isChanged = false;
  const self = await opened({ offer: () => (isChanged ? 'quarantined' : 'usable') });
  await self.serve(CHANGED);
  await call(self, 1);
  const first = Object(self.server.pop());
  self.gateway.fromServer(
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: first.id, result: { tools: [LISTED] } })),
  );
  await self.serve(CHANGED);
  isChanged = true;
  const again = Object(self.server.pop());
  assert.equal(again.method, 'tools/list');
  await self.serve({ jsonrpc: '2.0', id: again.id, result: { tools: [LISTED] } });
  assert.deepEqual(self.server, []);
  assert.match(refusalIn(self.client.pop()), /^quarantined: /);
});

test('hostile server: a tool that changes while people are waited for is not called', async () => {
  verifies('enforce.tool-pinning');
  let isWaiting = true;
  let isChanged = false;
  const self = await opened({
    offer: () => (isChanged ? 'quarantined' : 'usable'),
    decide: (action) => (isWaiting ? answered('step_up', 'ask a person') : allowed(action)),
    isWaiting: () => isWaiting,
  });
  await call(self, 1);
  isChanged = true;
  await self.serve(CHANGED);
  isWaiting = false;
  const listing = await until(() => self.server.pop());
  assert.equal(Object(listing).method, 'tools/list');
  await self.serve({ jsonrpc: '2.0', id: Object(listing).id, result: { tools: [LISTED] } });
  assert.match(refusalIn(self.client.pop()), /^quarantined: /);
  assert.deepEqual(self.server, []);
  const last = ['offer 1', 'report not_sent', 'refused fs.read changed'];
  assert.deepEqual(self.asked.slice(-3), last);
});

const LISTED = listed('read');

test('hostile server: one that changes its tools and will not say how is not called', async () => {
  verifies('enforce.tool-pinning');
  const self = await opened();
  await self.serve(CHANGED);
  self.client.length = 0;
  await call(self, 1);
  const { id, method } = Object(self.server.pop());
  assert.equal(method, 'tools/list');
  await self.serve({ jsonrpc: '2.0', id, error: { code: -32603, message: 'not now' } });
  assert.match(refusalIn(self.client[0]), /^quarantined: .*does not say to what/);
  assert.deepEqual([self.server, self.asked], [[], ['refused fs.read changed']]);
});
