import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isJsonObject, type Json } from '@plumbline/core';
import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import {
  allowed,
  answered,
  ask,
  type FakeGateway,
  fakeGateway,
  listed,
  shakeHands,
} from '../../../testing/fake-gateway.ts';
import { parseMessages } from './message.ts';
import { CLIENT_REQUESTS, SERVER_REQUESTS } from './methods.ts';

const ids: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.constantFrom('a', 'b', '', 'own-1', 'own-2', 'list', 'init'),
  fc.constantFrom<Json>(null, true, 1.5, 1e300, []),
);
const methods = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Object.keys(CLIENT_REQUESTS.legacy)) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(CLIENT_REQUESTS.modern)) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(SERVER_REQUESTS)) },
  { weight: 2, arbitrary: fc.constantFrom('notifications/cancelled', 'notifications/progress') },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
// What `JSON.parse` returns is JSON.
const anything = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as Json);
const names = fc.constantFrom('read', 'write', 'evil', '__proto__', 'resources.read', '');
const params = fc.oneof(
  { weight: 5, arbitrary: fc.record({ name: names, arguments: anything }) },
  { weight: 2, arbitrary: fc.record({ requestId: ids, progressToken: ids, uri: fc.string() }) },
  { weight: 2, arbitrary: anything },
);
const message = fc.record(
  {
    jsonrpc: fc.oneof(
      { weight: 9, arbitrary: fc.constant('2.0') },
      { weight: 1, arbitrary: fc.constant('1.0') },
    ),
    id: ids,
    method: methods,
    params,
    result: fc.oneof(fc.record({ content: anything, structuredContent: anything }), anything),
    error: anything,
  },
  { requiredKeys: ['jsonrpc'] },
);
const small = fc.integer({ min: 0, max: 6 });
const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
const told = fc.record({ name: names, arguments: fc.dictionary(names, plain) });
// What is almost right goes furthest.
const jsonrpc = fc.constant('2.0');
const plausible = fc.oneof(
  { weight: 1, arbitrary: fc.record({ jsonrpc, id: small, method: methods, params: told }) },
  {
    weight: 4,
    arbitrary: fc.record({ jsonrpc, id: small, method: fc.constant('tools/call'), params: told }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ jsonrpc, id: small, result: fc.dictionary(names, anything) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      jsonrpc,
      method: fc.constant('notifications/cancelled'),
      params: fc.record({ requestId: small }),
    }),
  },
);
const texts = fc.oneof(
  { weight: 12, arbitrary: plausible.map((each) => JSON.stringify(each)) },
  { weight: 8, arbitrary: message.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }).map((all) => JSON.stringify(all)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

type Spoken = { readonly from: 'client' | 'server'; readonly text: string };

const talk: fc.Arbitrary<readonly Spoken[]> = fc.array(
  fc.record({ from: fc.constantFrom('client', 'server'), text: texts }),
  { maxLength: 30 },
);

test('mcp messages: no bytes make reading throw', () => {
  verifies('enforce.fail-closed');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all)),
    texts.map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, fc.boolean(), (line, isDecided) => {
      const parsed = parseMessages(line, { isDecided });
      if (parsed.ok) assert.ok(parsed.messages.length > 0);
      else assert.ok(parsed.message.length > 0);
    }),
    { numRuns: runs(2_000) },
  );
});

/** A gateway that writes down what it decided, and what reached the server. */
async function watched(): Promise<{ self: FakeGateway; decided: string[] }> {
  const decided: string[] = [];
  const self = await fakeGateway(
    {
      decide: (action) => {
        if (action.tool.endsWith('write')) return answered('deny', 'no');
        decided.push(JSON.stringify([action.tool, action.args]));
        return allowed(action);
      },
      usable: ['fs.read', 'fs.resources.read', 'fs.prompts.get'],
    },
    { waitMs: 0, graceMs: 1, callMs: 50 },
  );
  await shakeHands(self);
  await self.say(ask('list', 'tools/list'));
  await self.serve({ jsonrpc: '2.0', id: 'list', result: { tools: [listed('read')] } });
  self.server.length = 0;
  return { self, decided };
}

/** The action that a message to the server is, where it is one. */
function actionIn(line: Json): string | null {
  const { method, params: given } = isJsonObject(line) ? line : {};
  if (method !== 'tools/call') return null;
  const { name, arguments: args = {} }: { readonly [member: string]: Json } = Object(given);
  return JSON.stringify([`fs.${typeof name === 'string' ? name : ''}`, args]);
}

test('mcp messages: whatever either side says, no call reaches the server undecided', async () => {
  verifies('enforce.every-path', 'enforce.hard-block');
  await fc.assert(
    fc.asyncProperty(talk, async (spoken) => {
      const { self, decided } = await watched();
      for (const { from, text } of spoken) {
        await (from === 'client' ? self.say(text) : self.serve(text));
      }
      self.gateway.serverGone();
      self.gateway.clientGone();
      await self.gateway.settled();
      const acted = self.server.flatMap((line) => actionIn(line) ?? []);
      for (const action of acted) assert.ok(decided.includes(action), `${action} undecided`);
      assert.equal(self.relay.flights.size, 0);
      assert.doesNotMatch(self.notes.join(), /a fault of the gateway/);
      // Everything that was let through has an end.
      const ended = new Set(self.reports.map(({ decision }) => decision));
      assert.equal(ended.size, decided.length);
    }),
    { numRuns: runs(150) },
  );
});
