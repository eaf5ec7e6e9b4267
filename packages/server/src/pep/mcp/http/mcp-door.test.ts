import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { isJsonObject, type Json, type JsonObject, parseEntry } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { clientApprovalsDesk } from '../../../../testing/client-approvals-scene.ts';
import { guardScene, type GuardScene, valueOf } from '../../../../testing/guard-scene.ts';
import { LOCAL } from '../../../routes/gate/authenticate.ts';
import type { OpenUpstream, UpstreamListener } from '../upstream.ts';
import { AgentDoor } from './mcp-door.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Read.
owner: desk@example.com
autonomy: 2
unlisted: block_and_replan
gates: off
tools:
  one.read: { effect: read }
  two.read: { effect: read }
  two.write: { effect: write }
allow: [{ id: read, tool: [one.read, two.read] }]
exclude: [{ id: no, tool: two.write, say: two is only read }]
`;

/** A legacy server in memory: it lists some tools, and says which was called. */
function serverOf(names: readonly string[], heard: string[]): OpenUpstream {
  return (listener) => ({
    send: (bytes) => {
      // What the gateway sends is JSON.
      const { id, method, params } = JSON.parse(bytes.toString('utf8')) as {
        readonly id?: string;
        readonly method: string;
        readonly params: JsonObject;
      };
      heard.push(method);
      if (id !== undefined) queueMicrotask(() => answer(listener, { id, method, params }, names));
    },
    close: async () => void heard.push('closed'),
  });
}

function answer(
  listener: UpstreamListener,
  { id, method, params }: { readonly id: string; readonly method: string; params: JsonObject },
  names: readonly string[],
): void {
  const say = (message: object): void => {
    listener.line(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  };
  const results: Readonly<Record<string, object>> = {
    initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: {} },
    'tools/list': { tools: names.map((name) => ({ name, inputSchema: SCHEMA })) },
    'tools/call': { content: [{ type: 'text', text: `called ${JSON.stringify(params['name'])}` }] },
  };
  const result = results[method];
  if (result === undefined) say({ id, error: { code: -32601, message: 'unknown' } });
  else say({ id, result });
}

const SCHEMA = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
};
const NAMED = { isPlain: false, isBare: false } as const;
const CALL = { name: 'two__read', arguments: { path: 'a' } };
const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The sessions that were opened, in order. */
function sessionsOf({ log }: GuardScene): readonly string[] {
  return log.entries().flatMap((bytes) => {
    const read = parseEntry(bytes);
    const isOpening = read.ok && read.value.kind === 'session_opened';
    return isOpening && read.value.agent === 'support' ? [read.value.session ?? ''] : [];
  });
}

describe('mcp over http', () => {
  const heard: string[] = [];
  let scene: GuardScene;
  let door: AgentDoor;
  let url = '';
  let close: () => void;

  before(async () => {
    scene = await guardScene({ pact: PACT });
    const upstreams = new Map([
      ['one', { open: serverOf(['read'], heard), ...NAMED, isRemote: false }],
      ['two', { open: serverOf(['read', 'write'], heard), ...NAMED, isRemote: false }],
    ]);
    const session = { principal: 'ada', task: null, room: null, attributes: {} };
    const served = { upstreams, session, elicitsApprovals: false };
    door = new AgentDoor({
      desk: clientApprovalsDesk(scene),
      guard: scene.guard,
      offers: async ({ tools }) => {
        const usable = ['one.read', 'two.read'];
        const stand = tools.map(({ tool }) => {
          const state = usable.includes(tool) ? ('usable' as const) : ('unusable' as const);
          return { tool, state, why: null, say: null };
        });
        return { ok: true, value: { tools: stand, usable } };
      },
      served: (agent) => (agent === 'support' ? served : undefined),
      limits: { mcpClients: 1_000, mcpRequests: 256, mcpIdleMs: 1_800_000 },
      note: () => undefined,
    });
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        const caller = { ...LOCAL, id: String(request.headers['x-caller'] ?? 'a') };
        const asked = { agent: 'support', caller, headers: request.headers, body };
        const { method } = request;
        if (method === 'GET') door.get(asked).write(response);
        else
          void (method === 'POST' ? door.post(asked) : door.remove(asked)).then(({ write }) =>
            write(response),
          );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    url = `http://127.0.0.1:${address.port}/`;
    close = () => void server.close();
  });

  after(async () => {
    await door.close();
    close();
  });

  type Said = { readonly status: number; readonly json: JsonObject; readonly session: string };

  async function send(
    message: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    const answered = await fetch(url, { method: 'POST', body: JSON.stringify(message), headers });
    const text = await answered.text();
    // What the gateway answers is JSON, or nothing.
    const json = text === '' ? {} : (JSON.parse(text.replace(/^[^{[]*/, '')) as Json);
    const session = answered.headers.get('mcp-session-id') ?? '';
    return { status: answered.status, json: isJsonObject(json) ? json : { batch: json }, session };
  }

  const ask = (id: number, method: string, params: JsonObject = {}): JsonObject => ({
    jsonrpc: '2.0',
    id,
    method,
    params,
  });

  async function open(): Promise<Readonly<Record<string, string>>> {
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const { status, session } = await send(ask(0, 'initialize', params));
    assert.equal(status, 200);
    return { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' };
  }

  test('mcp http: servers are one to the client, each under its name', async () => {
    verifies('enforce.every-path');
    const headers = await open();
    const { json } = await send(ask(1, 'tools/list'), headers);
    assert.match(JSON.stringify(json), /"name":"one__read".*"name":"two__read"/);
    assert.doesNotMatch(JSON.stringify(json), /write/);
    const called = await send(ask(2, 'tools/call', CALL), headers);
    assert.match(JSON.stringify(called.json), /called \\"read\\"/);
    const kinds = scene.entries().map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(-2), ['decided', 'outcome']);
  });

  test('mcp http: refusals have the words of the pact, and strays are decided too', async () => {
    verifies('enforce.hard-block');
    const headers = await open();
    const known = heard.length;
    const write = await send(ask(1, 'tools/call', { name: 'two__write', arguments: {} }), headers);
    assert.match(JSON.stringify(write.json), /two is only read/);
    const stray = await send(ask(2, 'tools/call', { name: 'three__x', arguments: {} }), headers);
    assert.match(JSON.stringify(stray.json), /"code":"denied","tool":"three\.x"/);
    const unknown = await send(ask(3, 'tools/execute', {}), headers);
    assert.match(JSON.stringify(unknown.json), /-32601/);
    assert.deepEqual(new Set(heard.slice(known)), new Set(['tools/list']));
  });

  test('mcp http: a session is its caller’s own, and gone once it ended', async () => {
    const headers = await open();
    const other = await send(ask(1, 'ping'), { ...headers, 'x-caller': 'b' });
    assert.equal(other.status, 404);
    assert.equal((await send(ask(1, 'ping'))).status, 400);
    const ended = await fetch(url, { method: 'DELETE', headers });
    assert.equal(ended.status, 204);
    assert.equal((await send(ask(1, 'ping'), headers)).status, 404);
    assert.deepEqual(heard.slice(-2), ['closed', 'closed']);
  });

  test('mcp http: a client without a handshake is served, also before older servers', async () => {
    verifies('enforce.every-path');
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' };
    const asked = ask(1, 'tools/call', { ...CALL, _meta: MODERN });
    const called = await send(asked, { ...headers, 'mcp-name': 'two__read' });
    assert.match(JSON.stringify(called.json), /"resultType":"complete"/);
    assert.match(JSON.stringify(called.json), /called \\"read\\"/);
    const wrong = await send(asked, { ...headers, 'mcp-name': 'one__read' });
    assert.deepEqual([wrong.status, Object(wrong.json['error']).code], [400, -32020]);
    const base64 = `=?base64?${Buffer.from('two__read').toString('base64')}?=`;
    assert.equal((await send(asked, { ...headers, 'mcp-name': base64 })).status, 200);
    const later = { ...MODERN, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' };
    const newer = { 'mcp-protocol-version': '2031-01-01', 'mcp-method': 'ping' };
    const unknown = await send(ask(2, 'ping', { _meta: later }), newer);
    assert.deepEqual([unknown.status, Object(unknown.json['error']).code], [400, -32022]);
  });

  test('mcp http: what a tool wants said in a header stands there as well', async () => {
    verifies('enforce.every-path');
    const calls = (): number => heard.filter((method) => method === 'tools/call').length;
    const call = { name: 'one__read', arguments: { region: 'us' }, _meta: MODERN };
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'one__read',
    };
    const known = calls();
    for (const wrong of [
      {},
      { 'mcp-param-region': 'eu' },
      { 'mcp-param-region': '=?base64?!?=' },
    ]) {
      const said = await send(ask(1, 'tools/call', call), { ...headers, ...wrong });
      assert.deepEqual([said.status, Object(said.json['error']).code], [400, -32020]);
    }
    assert.equal(calls(), known);
    const right = await send(ask(1, 'tools/call', call), { ...headers, 'Mcp-Param-Region': 'us' });
    assert.equal(right.status, 200);
    assert.equal(calls(), known + 1);
  });

  test('mcp http: callers share no session, and get another for one that ended', async () => {
    verifies('enforce.every-path');
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'one__read',
    };
    const asked = ask(1, 'tools/call', { name: 'one__read', arguments: {}, _meta: MODERN });
    const sessionsNow = (): number => scene.guard.status('support')?.openSessions ?? 0;
    const earlier = sessionsNow();
    await send(asked, { ...headers, 'x-caller': 'key-1' });
    await send(asked, { ...headers, 'x-caller': 'key-1' });
    assert.equal(sessionsNow(), earlier + 1);
    await send(asked, { ...headers, 'x-caller': 'key-2' });
    assert.equal(sessionsNow(), earlier + 2);
    const last = sessionsOf(scene).at(-1) ?? '';
    valueOf(await scene.guard.closeSession({ agent: 'support', session: last }));
    const again = await send(asked, { ...headers, 'x-caller': 'key-2' });
    assert.doesNotMatch(JSON.stringify(again.json), /plumbline refused/);
    assert.notEqual(sessionsOf(scene).at(-1), last);
  });

  test('mcp http: a named session is used, and one that is not open is refused', async () => {
    const session = valueOf(
      await scene.guard.openSession({
        agent: 'support',
        principal: 'bob',
        task: null,
        room: null,
        attributes: {},
        name: null,
        subject: null,
        openedBy: 'front-end',
      }),
    ).session;
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'one__read',
    };
    const asked = ask(1, 'tools/call', { name: 'one__read', arguments: {}, _meta: MODERN });
    const good = await send(asked, { ...headers, 'plumbline-session': session });
    assert.equal(good.status, 200);
    const bad = await send(asked, { ...headers, 'plumbline-session': 'ses_0' });
    assert.equal(bad.status, 400);
  });

  test('mcp http: batches are answered together where the revision has them', async () => {
    verifies('enforce.meta-tools');
    const headers = await open();
    const batch = [ask(1, 'ping'), ask(2, 'tools/call', { name: 'two__write', arguments: {} })];
    assert.equal((await send(batch, headers)).status, 400);
    const older = { ...headers, 'mcp-protocol-version': '2025-03-26' };
    const { json } = await send(batch, older);
    assert.match(JSON.stringify(json['batch']), /"id":1,"result":\{\}.*two is only read/);
  });
});
