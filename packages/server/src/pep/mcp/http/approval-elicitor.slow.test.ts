import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { clientApprovalsDesk } from '../../../../testing/client-approvals-scene.ts';
import { guardScene, type GuardScene } from '../../../../testing/guard-scene.ts';
import { serveDoor, type ServedDoor } from '../../../../testing/serve-door.ts';
import type { OpenUpstream } from '../upstream.ts';
import { AgentDoor } from './mcp-door.ts';

/** A legacy server in memory that sends mails. */
const mailServer: OpenUpstream = (listener) => ({
  send: (bytes) => {
    // What the gateway sends is JSON.
    const { id, method } = JSON.parse(bytes.toString('utf8')) as { id?: string; method: string };
    const results: Readonly<Record<string, object>> = {
      initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: {} },
      'tools/list': { tools: [{ name: 'send', inputSchema: { type: 'object' } }] },
      'tools/call': { content: [{ type: 'text', text: 'sent' }] },
    };
    const result = results[method];
    const said = result === undefined ? { error: { code: -32601, message: 'no' } } : { result };
    const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
    if (id !== undefined) queueMicrotask(() => listener.line(line));
  },
  close: async () => undefined,
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
};
const CALL = { name: 'mail__send', arguments: { copies: 3, body: 'hello' }, _meta: META };
const MODERN = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'mail__send',
};
const LENA = { 'plumbline-approver': 'Bearer lena' };

describe('approvals at the client', () => {
  let scene: GuardScene;
  let door: AgentDoor;
  let front: ServedDoor;

  before(async () => {
    front = await serveDoor(() => door);
  });

  beforeEach(async () => {
    await door?.close();
    scene = await guardScene();
    const mail = { open: mailServer, isPlain: false, isRemote: false, isBare: false };
    const session = { principal: 'ada', task: null, room: null, attributes: { customer_id: 'c' } };
    const served = { upstreams: new Map([['mail', mail]]), session, elicitsApprovals: true };
    door = new AgentDoor({
      guard: scene.guard,
      desk: clientApprovalsDesk(scene),
      offers: async ({ tools }) => {
        const stand = tools.map(({ tool }) => {
          return { tool, state: 'usable' as const, why: null, say: null };
        });
        return { ok: true, value: { tools: stand, usable: ['mail.send'] } };
      },
      served: () => served,
      limits: { mcpClients: 10, mcpRequests: 256, mcpIdleMs: 1_800_000 },
      note: () => undefined,
    });
  });

  after(async () => {
    await door.close();
    front.close();
  });

  const post = (message: Json, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(front.url, { method: 'POST', body: JSON.stringify(message), headers });

  async function call(
    params: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject> {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const said = await post(message, { ...MODERN, ...headers });
    // What the gateway answers is JSON, alone or as an event.
    return JSON.parse((await said.text()).replace(/^[^{]*/, '')) as JsonObject;
  }

  const member = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
    path.reduce<Json | undefined>((at, name) => Object(at)[name], value);

  const votes = (): number => scene.entries().filter(({ kind }) => kind === 'vote').length;

  test('approvals at the client: a modern client is asked, and the answer is a vote', async () => {
    verifies('human.approvals');
    const asked = await call(CALL, LENA);
    assert.equal(member(asked, 'result', 'resultType'), 'input_required');
    const form = member(asked, 'result', 'inputRequests', 'plumbline/approval', 'params');
    assert.match(JSON.stringify(member(form, 'message')), /mail\.send\\n\{\\n {2}\\"copies\\": 3/);
    const requestState = member(asked, 'result', 'requestState') ?? null;
    const answer = { action: 'accept', content: { approve: true, reason: 'they asked' } };
    const again = { ...CALL, inputResponses: { 'plumbline/approval': answer }, requestState };
    const strangers = [
      await call(again),
      await call(again, { 'plumbline-approver': 'Bearer eve' }),
      await call({ ...again, arguments: { copies: 9, body: 'hello' } }, LENA),
      await call({ ...again, requestState: 'apr_other' }, LENA),
    ];
    assert.deepEqual(
      strangers.map((each) => member(each, 'error', 'code')),
      [-32602, -32602, -32602, -32602],
    );
    assert.equal(votes(), 0);
    const sent = await call(again, LENA);
    assert.match(JSON.stringify(sent), /"text":"sent"/);
    const vote = scene.entries().find(({ kind }) => kind === 'vote');
    assert.equal(vote?.open['mechanism'], 'elicitation');
  });

  test('approvals at the client: to decline denies, and for good', async () => {
    const asked = await call(CALL, LENA);
    const requestState = member(asked, 'result', 'requestState') ?? null;
    const inputResponses = { 'plumbline/approval': { action: 'decline' } };
    const said = await call({ ...CALL, inputResponses, requestState }, LENA);
    assert.match(JSON.stringify(said), /"code":"denied"/);
    assert.match(JSON.stringify(await call(CALL, LENA)), /"code":"denied"/);
  });

  test('approvals at the client: a legacy client is asked while its call waits', async () => {
    const clientInfo = { name: 'test', version: '1' };
    const capabilities = { elicitation: {} };
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo };
    const opened = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, {});
    const headers = {
      'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    };
    const { _meta: _, ...older } = CALL;
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: older };
    const stream = await post(message, { ...headers, ...LENA });
    let text = '';
    assert.ok(stream.body !== null);
    for await (const chunk of stream.body) {
      text += Buffer.from(chunk).toString('utf8');
      const id = /"id":"(p\d+)","method":"elicitation\/create"/.exec(text)?.[1];
      if (id === undefined || votes() > 0) continue;
      const result = { action: 'accept', content: { approve: true } };
      await post({ jsonrpc: '2.0', id, result }, { ...headers, ...LENA });
    }
    assert.match(text, /"text":"sent"/);
    assert.equal(votes(), 1);
  });
});
