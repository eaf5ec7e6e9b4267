import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { clientApprovalsDesk } from '../../../../testing/client-approvals-scene.ts';
import { guardScene, type GuardScene } from '../../../../testing/guard-scene.ts';
import { serveDoor, type ServedDoor } from '../../../../testing/serve-door.ts';
import type { OpenUpstream } from '../upstream.ts';
import { AgentDoor } from './mcp-door.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Ask.
owner: desk@example.com
autonomy: 2
unlisted: block_and_replan
gates: off
tools:
  form.fill: { effect: read }
  form.elicitation.create: { effect: send }
  later.fill: { effect: read }
  later.elicitation.create: { effect: send }
allow:
  - id: all
    tool: [form.fill, form.elicitation.create, later.fill, later.elicitation.create]
`;

/** A legacy server that asks two questions of its client before it answers a call. */
const formServer: OpenUpstream = (listener) => {
  const say = (message: object): void => {
    const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    queueMicrotask(() => listener.line(line));
  };
  const ask = (id: string, message: string): void =>
    say({ id, method: 'elicitation/create', params: { message, requestedSchema: {} } });
  let call: string | undefined;
  let first = '';
  return {
    send: (bytes) => {
      // What the gateway sends is JSON.
      const told = JSON.parse(bytes.toString('utf8')) as JsonObject & { readonly id?: string };
      const { id, method, result, error } = told;
      const done = (text: string): void =>
        say({ id: call, result: { content: [{ type: 'text', text }] } });
      if (method === 'initialize') {
        const capabilities = { tools: {} };
        say({ id, result: { protocolVersion: '2025-11-25', capabilities, serverInfo: {} } });
      } else if (method === 'tools/list') {
        say({ id, result: { tools: [{ name: 'fill', inputSchema: { type: 'object' } }] } });
      } else if (method === 'tools/call') {
        call = id;
        ask('e1', 'your name?');
      } else if (error !== undefined) done('could not ask');
      else if (id === 'e1') {
        first = JSON.stringify(result);
        ask('e2', 'your age?');
      } else if (id === 'e2') done(`${first} ${JSON.stringify(result)}`);
      else if (method === 'server/discover') say({ id, error: { code: -32601, message: 'no' } });
    },
    close: async () => undefined,
  };
};

/** A server of the modern era that wants to know a name before it answers a call. */
const modernServer: OpenUpstream = (listener) => ({
  send: (bytes) => {
    // What the gateway sends is JSON.
    const { id, method, params } = JSON.parse(bytes.toString('utf8')) as JsonObject & {
      readonly method: string;
    };
    const { inputResponses, _meta }: JsonObject = Object(params);
    const question = { method: 'elicitation/create', params: { message: 'your name?' } };
    const wanted = { resultType: 'input_required', inputRequests: { q: question } };
    const given = JSON.stringify([inputResponses, _meta]);
    const results: Readonly<Record<string, JsonObject>> = {
      'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
      'tools/list': { tools: [{ name: 'fill', inputSchema: { type: 'object' } }] },
      'tools/call':
        inputResponses === undefined ? wanted : { content: [{ type: 'text', text: given }] },
    };
    const result = results[method];
    const said = result === undefined ? { error: { code: -32601, message: 'no' } } : { result };
    const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
    if (id !== undefined) queueMicrotask(() => listener.line(line));
  },
  close: async () => undefined,
});

const meta = (capabilities: JsonObject): JsonObject => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});
const CALL = { name: 'form__fill', arguments: {}, _meta: meta({ elicitation: {} }) };
const HEADERS = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'form__fill',
};

describe('held calls', () => {
  let scene: GuardScene;
  let door: AgentDoor;
  let front: ServedDoor;

  before(async () => {
    front = await serveDoor(() => door);
    scene = await guardScene({ pact: PACT });
    const form = { open: formServer, isPlain: false, isRemote: false, isBare: false };
    const later = { ...form, open: modernServer };
    const session = { principal: 'ada', task: null, room: null, attributes: {} };
    const served = {
      upstreams: new Map([
        ['form', form],
        ['later', later],
      ]),
      session,
      elicitsApprovals: false,
    };
    door = new AgentDoor({
      guard: scene.guard,
      limits: { mcpClients: 10, mcpRequests: 256, mcpIdleMs: 1_800_000 },
      desk: clientApprovalsDesk(scene),
      offers: async ({ tools }) => {
        const names = ['fill', 'elicitation.create'];
        const usable = names.flatMap((name) => [`form.${name}`, `later.${name}`]);
        const stand = tools.map(({ tool }) => {
          return { tool, state: 'usable' as const, why: null, say: null };
        });
        return { ok: true, value: { tools: stand, usable } };
      },
      served: () => served,
      note: () => undefined,
    });
  });

  after(async () => {
    await door.close();
    front.close();
  });

  async function call(params: JsonObject): Promise<JsonObject> {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const said = await fetch(front.url, {
      method: 'POST',
      body: JSON.stringify(message),
      headers: HEADERS,
    });
    // What the gateway answers is JSON, alone or as an event.
    return JSON.parse((await said.text()).replace(/^[^{]*/, '')) as JsonObject;
  }

  const member = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
    path.reduce<Json | undefined>((at, name) => Object(at)[name], value);

  /** The call as it comes again with a reply to everything it was answered with. */
  const replied = (asked: JsonObject, content: JsonObject): JsonObject => {
    const keys = Object.keys(Object(member(asked, 'result', 'inputRequests')));
    const replies = keys.map((key) => [key, { action: 'accept', content }]);
    const requestState = member(asked, 'result', 'requestState') ?? null;
    return { ...CALL, inputResponses: Object.fromEntries(replies), requestState };
  };

  test('held calls: what a legacy server asks reaches a modern client', async () => {
    verifies('enforce.every-path');
    const first = await call(CALL);
    assert.equal(member(first, 'result', 'resultType'), 'input_required');
    assert.match(JSON.stringify(first), /"method":"elicitation\/create".*your name\?/);
    const other = await call({ ...replied(first, {}), arguments: { other: 1 } });
    assert.equal(member(other, 'error', 'code'), -32602);
    const second = await call(replied(first, { name: 'ada' }));
    assert.match(JSON.stringify(second), /your age\?/);
    const done = await call(replied(second, { age: 36 }));
    assert.match(JSON.stringify(done), /ada.*36/);
    const late = await call(replied(second, { age: 37 }));
    assert.equal(member(late, 'error', 'code'), -32602);
    const kinds = scene.entries().map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'decided').length, 3);
    assert.equal(kinds.filter((kind) => kind === 'outcome').length, 3);
  });

  test('held calls: a client that declares nothing is asked nothing', async () => {
    const said = await call({ ...CALL, _meta: meta({}) });
    assert.match(JSON.stringify(said), /could not ask/);
  });

  test('held calls: what a modern server asks reaches a legacy client on the way', async () => {
    const post = (message: object, headers: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(front.url, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        headers,
      });
    const clientInfo = { name: 'test', version: '1' };
    const capabilities = { elicitation: {} };
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo };
    const opened = await post({ id: 0, method: 'initialize', params }, {});
    const headers = {
      'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    };
    const asked = { name: 'later__fill', arguments: {} };
    const stream = await post({ id: 1, method: 'tools/call', params: asked }, headers);
    let text = '';
    let isReplied = false;
    assert.ok(stream.body !== null);
    for await (const chunk of stream.body) {
      text += Buffer.from(chunk).toString('utf8');
      const id = /"id":"(p\d+)","method":"elicitation\/create"/.exec(text)?.[1];
      if (id === undefined || isReplied) continue;
      isReplied = true;
      const result = { action: 'accept', content: { name: 'ada' } };
      await post({ id, result }, headers);
    }
    assert.match(text, /your name\?/);
    assert.match(text, /\\"name\\":\\"ada\\".*clientCapabilities\\":\{\\"elicitation\\":\{\}\}/);
  });
});
