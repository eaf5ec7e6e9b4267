import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { type RogueScene, rogueScene } from '../../../../testing/rogue-scene.ts';

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const READ = { name: 'read', arguments: {} };

type Said = {
  readonly status: number;
  readonly session: string;
  readonly text: string;
};

describe('hostile clients', () => {
  let scene: RogueScene;
  let url = '';
  let key = '';

  before(async () => {
    scene = await rogueScene(['honest', 'hangs']);
    url = `${scene.daemon.started.url ?? ''}/mcp/url-honest`;
    key = scene.keyOf('url', 'honest');
  });
  after(() => scene.close());

  async function send(
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = {},
    to: string = url,
  ): Promise<Said> {
    const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
    const answered = await fetch(to, { method: 'POST', headers: all, body });
    const session = answered.headers.get('mcp-session-id') ?? '';
    return { status: answered.status, session, text: await answered.text() };
  }

  const print = (message: JsonObject): string => JSON.stringify({ jsonrpc: '2.0', ...message });

  async function begin(): Promise<string> {
    return (await send(print({ id: 0, method: 'initialize', params: INITIALIZE }))).session;
  }

  /** What a modern client says, with its headers. */
  function modern(id: number, method: string, params: JsonObject): Promise<Said> {
    const name = params['name'];
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
    const named = typeof name === 'string' ? { ...headers, 'mcp-name': name } : headers;
    return send(print({ id, method, params: { ...params, _meta: META } }), named);
  }

  test('hostile client: bodies that cannot be relied on are refused, with why', async () => {
    verifies('enforce.fail-closed');
    const session = { 'mcp-session-id': await begin() };
    const call = (args: string): string =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":${args}}}`;
    const bodies: readonly (readonly [string | Uint8Array<ArrayBuffer>, number, RegExp])[] = [
      [new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 400, /not UTF-8/],
      ['{"jsonrpc":', 400, /not JSON/],
      [call('{"a":1,"a":2}'), 400, /stands twice/],
      [call('{"n":9007199254740993}'), 400, /2\^53/],
      [call('{"s":"\\ud800"}'), 400, /not Unicode/],
      [call(`${'['.repeat(500)}${']'.repeat(500)}`), 400, /deeper than/],
      [print({ id: 'x'.repeat(2_000), method: 'ping' }), 400, /`id`/],
      [print({ id: 1, method: 'ping', evil: 1 }), 400, /evil/],
      [`[${print({ id: 1, method: 'ping' })}]`, 200, /"result":\{\}/],
      [
        `[${Array(200)
          .fill(print({ id: 1, method: 'ping' }))
          .join(',')}]`,
        400,
        /1 to 100/,
      ],
    ];
    for (const [body, status, says] of bodies) {
      const said = await send(body, session);
      assert.deepEqual([said.status, says.test(said.text)], [status, true], said.text);
    }
    const batch = { ...session, 'mcp-protocol-version': '2025-11-25' };
    const refused = await send(`[${print({ id: 1, method: 'ping' })}]`, batch);
    assert.match(refused.text, /no batches/);
    assert.deepEqual(await scene.outcomes('url', 'honest'), []);
  });

  test('hostile client: a body of a hundred megabytes is refused before it was read', async () => {
    const { hostname, port, pathname } = new URL(url);
    const asked = request({ hostname, port, path: pathname, method: 'POST' });
    asked.setHeader('authorization', `Bearer ${key}`);
    asked.setHeader('content-type', 'application/json');
    asked.setHeader('content-length', 100 * 1024 * 1024);
    asked.flushHeaders();
    const [response]: readonly { readonly statusCode?: number }[] = await once(asked, 'response');
    assert.equal(response?.statusCode, 413);
    asked.on('error', () => undefined);
    asked.destroy();
  });

  test('hostile client: another page, another host and another’s session are refused', async () => {
    verifies('enforce.fail-closed');
    const ping = print({ id: 1, method: 'ping' });
    const session = await begin();
    const page = await send(ping, { 'mcp-session-id': session, origin: 'https://evil.example' });
    assert.equal(page.status, 403);
    const other = `${scene.daemon.started.url ?? ''}/mcp/url-hangs`;
    const stolen = await send(
      ping,
      { 'mcp-session-id': session, authorization: `Bearer ${scene.keyOf('url', 'hangs')}` },
      other,
    );
    assert.deepEqual([stolen.status, /no such session/.test(stolen.text)], [404, true]);
    const foreign = await send(ping, { 'mcp-session-id': session }, other);
    assert.equal(foreign.status, 404);
    const guard = await send(print({ id: 1, method: 'initialize', params: INITIALIZE }), {
      'plumbline-session': 'ses_0123456789abcdef0123456789abcdef',
    });
    assert.equal(guard.status, 400);
  });

  test('hostile client: an id may come again once it was answered, and not before', async () => {
    verifies('enforce.every-path');
    const peer = await scene.open('url', 'hangs');
    const to = `${scene.daemon.started.url ?? ''}/mcp/url-hangs`;
    const headers = {
      'mcp-session-id': peer.session,
      authorization: `Bearer ${scene.keyOf('url', 'hangs')}`,
    };
    const call = { id: 1, method: 'tools/call', params: READ };
    peer.ask(call);
    await scene.forwarded('url', 'hangs');
    const again = await send(print(call), headers, to);
    assert.deepEqual([again.status, /id is in use/.test(again.text)], [400, true]);
    await peer.close();
    const honest = await scene.open('url', 'honest');
    for (const id of [1, 1]) honest.ask({ id, method: 'tools/call', params: READ });
    await honest.answer(1);
    await honest.close();
    // A client that leaves in the middle leaves an end of unknown kind.
    assert.deepEqual(await scene.outcomes('url', 'hangs'), ['unknown']);
  });

  test('hostile client: modern clients of one session count their ids alone', async () => {
    const both = await Promise.all([1, 1, 1].map((id) => modern(id, 'tools/call', READ)));
    for (const { status, text } of both) assert.match(`${status} ${text}`, /^200 .*"done"/s);
  });

  test('hostile client: half of another era is refused, with what is missing', async () => {
    const half = await send(print({ id: 1, method: 'tools/call', params: READ }), {
      'mcp-protocol-version': '2026-07-28',
    });
    assert.deepEqual([half.status, /_meta/.test(half.text)], [400, true]);
    const legacy = await modern(1, 'ping', {});
    assert.match(legacy.text, /does not know this method/);
    const early = await send(print({ id: 1, method: 'tools/list' }));
    assert.match(early.text, /initialize/);
    const future = await send(print({ id: 1, method: 'tools/list', params: {} }), {
      'mcp-protocol-version': '2099-01-01',
      'mcp-session-id': await begin(),
    });
    assert.equal(future.status, 400);
  });

  test('hostile client: a call inside a call is decided as it is called, and refused', async () => {
    verifies('enforce.meta-tools');
    const session = { 'mcp-session-id': await begin() };
    const known = (await scene.outcomes('url', 'honest')).length;
    const wrapped: readonly JsonObject[] = [
      { name: 'call_tool', arguments: { name: 'read', arguments: {} } },
      { name: 'tools/call', arguments: { params: READ } },
      { name: 'batch', arguments: { calls: [READ, READ] } },
    ];
    for (const params of wrapped) {
      const said = await send(print({ id: 1, method: 'tools/call', params }), session);
      assert.match(said.text, /"code":"denied"/);
    }
    const nested = { ...READ, arguments: {}, params: READ };
    const strange = await send(print({ id: 1, method: 'tools/call', params: nested }), session);
    assert.match(strange.text, /`params` is not known here/);
    const outcomes = (await scene.outcomes('url', 'honest')).slice(known);
    assert.deepEqual(outcomes, ['none', 'none', 'none']);
  });

  test('hostile client: of very many sessions the oldest idle ones end', async () => {
    verifies('enforce.fail-closed');
    const sessions: string[] = [];
    const open = async (): Promise<void> => void sessions.push(await begin());
    for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 10 }, open));
    const ping = print({ id: 1, method: 'ping' });
    const statuses: number[] = [];
    for (const id of sessions) statuses.push((await send(ping, { 'mcp-session-id': id })).status);
    assert.equal(statuses.filter((status) => status === 200).length, 250);
    assert.equal(statuses.at(-1), 200);
    assert.equal(statuses[0], 404);
    const authorization = `Bearer ${key}`;
    for (const id of sessions) {
      const headers = { authorization, 'mcp-session-id': id };
      await (await fetch(url, { method: 'DELETE', headers })).text();
    }
  });

  test('hostile client: of all of them no descriptor is left', async () => {
    const open = (): number => readdirSync(`/proc/${scene.daemon.child.pid ?? 0}/fd`).length;
    // Idle connections of clients are kept for some seconds.
    for (let round = 0; round < 100 && open() > 100; round += 1) await sleep(100);
    assert.ok(open() <= 100, `${open()} descriptors`);
    const path = '/api/v1/agents/url-honest/decisions?unfinished=true&limit=10';
    const listed: Json = await scene.daemon.client.ask({ method: 'GET', path });
    const rows = isJsonObject(listed) ? listed['rows'] : null;
    assert.deepEqual(rows, []);
  });
});
