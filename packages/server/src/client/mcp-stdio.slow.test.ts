import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import type { Json } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import { type DaemonProgram, makeHome, mustStart } from '../../testing/daemon-program.ts';
import { wrapServer } from './mcp-stdio.ts';
import { openSocketEnforcement } from './socket-enforcement.ts';

const ROGUE = fileURLToPath(new URL('../../testing/rogue-server.ts', import.meta.url));

const PACT = `
pact: plumbline/v1
agent: reader
purpose: Read.
owner: desk@example.com
autonomy: 2
tools: { x.read: { effect: read, trust: untrusted } }
allow: [{ id: read, tool: x.read }]
`;

type Peer = {
  readonly ask: (message: object) => void;
  /** The next message for the client. */
  readonly next: () => Promise<Json>;
  readonly session: string;
  readonly notes: readonly string[];
  /** Ends the client's side, and returns the exit code. */
  readonly end: () => Promise<number>;
  readonly done: Promise<number>;
};

async function daemonFor(
  pact = PACT,
): Promise<DaemonProgram & { readonly remove: () => Promise<void> }> {
  const home = makeHome();
  const daemon = await mustStart(home);
  const post = (path: string, body: Json) =>
    daemon.client.ask({ method: 'POST', path: `/api/v1/agents${path}`, body });
  await post('', { agent: 'reader' });
  const files = { 'reader.pact.yaml': pact };
  const reason = 'test';
  await post('/reader/pacts', { entry: 'reader.pact.yaml', files, mode: 'publish', reason });
  const remove = async (): Promise<void> => {
    await daemon.end('SIGTERM');
    home.remove();
  };
  return { ...daemon, remove };
}

async function wrap(
  socket: string,
  manner: string,
  bounds: { readonly callMs?: number; readonly waitMs?: number } = {},
): Promise<Peer> {
  const attested = { principal: 'ada', task: null, room: null, attributes: {} };
  const opened = await openSocketEnforcement(socket, {
    agent: 'reader',
    name: 'test',
    ...attested,
  });
  assert.ok(opened.ok, opened.ok ? '' : opened.message);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const notes: string[] = [];
  const { done } = wrapServer({
    command: process.execPath,
    args: [ROGUE, manner],
    environment: process.env,
    enforcement: opened.value,
    prefix: 'x.',
    server: 'rogue',
    bounds: { graceMs: 200, waitMs: 0, ...bounds },
    messageBytes: 1_048_576,
    input,
    output,
    note: (text) => notes.push(text),
  });
  const next = linesOf(output);
  const peer: Peer = {
    ask: (message) => void input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    next,
    session: opened.value.session,
    notes,
    end: () => (input.end(), done),
    done,
  };
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  peer.ask({ id: 0, method: 'initialize', params });
  await next();
  peer.ask({ method: 'notifications/initialized' });
  return peer;
}

function linesOf(output: PassThrough): () => Promise<Json> {
  const lines: Json[] = [];
  const waiting: ((line: Json) => void)[] = [];
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      // What the gateway writes is JSON.
      const line = JSON.parse(rest.slice(0, end)) as Json;
      rest = rest.slice(end + 1);
      const taker = waiting.shift();
      if (taker === undefined) lines.push(line);
      else taker(line);
    }
  });
  return () =>
    new Promise((resolve) => {
      const line = lines.shift();
      if (line === undefined) waiting.push(resolve);
      else resolve(line);
    });
}

/** What ended and was not waited for yet, a zombie, does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function call(id: number): object {
  return { id, method: 'tools/call', params: { name: 'read', arguments: {} } };
}

function codeIn(line: Json): unknown {
  const code = /"plumbline\/refusal":\{"code":"([a-z-]+)"/.exec(JSON.stringify(line))?.[1];
  return code ?? 'released';
}

async function outcomesOf(daemon: DaemonProgram, session: string): Promise<readonly unknown[]> {
  const get = async (path: string) => Object(await daemon.client.ask({ method: 'GET', path }));
  const { rows } = await get(`/api/v1/agents/reader/decisions?session=${session}`);
  const decisions: readonly { readonly decision: string }[] = Array.isArray(rows) ? rows : [];
  const statuses = decisions.map(async ({ decision }) => {
    return (await get(`/api/v1/decisions/${decision}`)).outcome?.open.status ?? 'none';
  });
  return (await Promise.all(statuses)).reverse();
}

test('mcp stdio: whatever a server does is told, and the record is whole', async () => {
  verifies('enforce.fail-closed');
  const daemon = await daemonFor();
  try {
    const seen: Record<string, readonly unknown[]> = {};
    const manners = ['honest', 'dies', 'hangs', 'sends-much', 'not-text', 'babbles', 'floods'];
    for (const manner of [...manners, 'answers-twice']) {
      const bounds = manner === 'hangs' ? { callMs: 200 } : {};
      const peer = await wrap(daemon.started.socket, manner, bounds);
      peer.ask(call(1));
      let line = await peer.next();
      while (Object(line).method === 'notifications/message') line = await peer.next();
      await (manner === 'dies' ? peer.done : peer.end());
      seen[manner] = [codeIn(line), ...(await outcomesOf(daemon, peer.session))];
    }
    assert.deepEqual(seen, {
      honest: ['released', 'ok'],
      dies: ['server-gone', 'unknown'],
      hangs: ['timed-out', 'unknown'],
      'sends-much': ['too-large', 'unknown'],
      'not-text': ['bad-answer', 'unknown'],
      babbles: ['released', 'ok'],
      floods: ['released', 'ok'],
      'answers-twice': ['released', 'ok'],
    });
  } finally {
    await daemon.remove();
  }
});

test('mcp stdio: a tool that changes is refused until a person accepts it', async () => {
  verifies('enforce.tool-pinning');
  const daemon = await daemonFor();
  try {
    const peer = await wrap(daemon.started.socket, 'changes');
    peer.ask(call(1));
    // The notice overtakes the result, which waits for its record.
    assert.equal(Object(await peer.next()).method, 'notifications/tools/list_changed');
    assert.equal(codeIn(await peer.next()), 'released');
    peer.ask(call(2));
    assert.equal(codeIn(await peer.next()), 'quarantined');
    const tools = '/api/v1/agents/reader/tools';
    const listed = Object(await daemon.client.ask({ method: 'GET', path: tools }));
    const path = `${tools}/${listed.rows[0].definition}/accept`;
    await daemon.client.ask({ method: 'POST', path, body: { reason: 'read it' } });
    peer.ask({ id: 3, method: 'tools/list' });
    await peer.next();
    peer.ask(call(4));
    assert.equal(codeIn(await peer.next()), 'released');
    assert.equal(await peer.end(), 0);
  } finally {
    await daemon.remove();
  }
});

test('mcp stdio: with the daemon gone nothing is forwarded until it is back', async () => {
  verifies('enforce.fail-closed');
  const home = makeHome({ 'listen.http': 'none' });
  const first = await mustStart(home);
  const post = (path: string, body: Json) =>
    first.client.ask({ method: 'POST', path: `/api/v1/agents${path}`, body });
  await post('', { agent: 'reader' });
  const files = { 'reader.pact.yaml': PACT };
  await post('/reader/pacts', { entry: 'reader.pact.yaml', files, mode: 'publish', reason: 'r' });
  const peer = await wrap(first.started.socket, 'honest');
  peer.ask(call(1));
  assert.equal(codeIn(await peer.next()), 'released');
  await first.end('SIGKILL');
  peer.ask(call(2));
  assert.equal(codeIn(await peer.next()), 'unavailable');
  const second = await mustStart(home);
  // A lease is taken again after a while.
  let code: unknown = 'unavailable';
  for (let id = 3; code === 'unavailable'; id += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    peer.ask(call(id));
    code = codeIn(await peer.next());
  }
  assert.equal(code, 'released');
  await peer.end();
  assert.deepEqual(await outcomesOf(second, peer.session), ['ok', 'ok']);
  await second.end('SIGTERM');
  home.remove();
});

test('mcp stdio: a client that leaves leaves a record and no process behind', async () => {
  const daemon = await daemonFor();
  try {
    const hanging = await wrap(daemon.started.socket, 'hangs');
    hanging.ask(call(1));
    assert.equal(Object(await hanging.next()).method, 'notifications/message');
    assert.equal(await hanging.end(), 0);
    assert.deepEqual(await outcomesOf(daemon, hanging.session), ['unknown']);
    const parent = await wrap(daemon.started.socket, 'children');
    parent.ask(call(1));
    const pid = Number(Object(await parent.next()).result.content[0].text);
    assert.equal(isRunning(pid), true);
    await parent.end();
    await until(() => !isRunning(pid));
  } finally {
    await daemon.remove();
  }
});

test('mcp stdio: a halt cancels what is in flight, at the client and at the server', async () => {
  verifies('human.halt');
  const daemon = await daemonFor();
  try {
    const peer = await wrap(daemon.started.socket, 'hangs');
    peer.ask(call(1));
    assert.equal(Object(await peer.next()).method, 'notifications/message');
    const path = '/api/v1/agents/reader/halt';
    await daemon.client.ask({ method: 'POST', path, body: { scope: 'agent', reason: 'test' } });
    assert.equal(codeIn(await peer.next()), 'halted');
    peer.ask(call(2));
    assert.equal(codeIn(await peer.next()), 'denied');
    await peer.end();
    assert.deepEqual(await outcomesOf(daemon, peer.session), ['unknown', 'none']);
  } finally {
    await daemon.remove();
  }
});

const ASKING = `${PACT}
step_up: [{ id: ask, tool: x.read, approvers: ['lena@example.com'], within: 10m }]
`;

test('mcp stdio: a call waits for a person and goes on by itself once approved', async () => {
  verifies('human.approvals');
  const daemon = await daemonFor(ASKING);
  try {
    const post = async (path: string, body: Json) =>
      Object(await daemon.client.ask({ method: 'POST', path, body }));
    const lena = { kind: 'person', name: 'Lena', roles: ['approver'], email: 'lena@example.com' };
    const { token } = await post('/api/v1/keys', lena);
    const peer = await wrap(daemon.started.socket, 'honest', { waitMs: 30_000 });
    const params = { name: 'read', arguments: {}, _meta: { progressToken: 'p' } };
    peer.ask({ id: 1, method: 'tools/call', params });
    assert.equal(Object(await peer.next()).method, 'notifications/progress');
    const listed = await daemon.client.ask({ method: 'GET', path: '/api/v1/approvals' });
    const approval = /apr_[0-9a-f]+/.exec(JSON.stringify(listed))?.[0] ?? '';
    const voted = await fetch(`${daemon.started.url}/api/v1/approvals/${approval}/votes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ outcome: 'approve', reason: 'fine' }),
    });
    assert.equal(voted.status, 200, await voted.text());
    let line = await peer.next();
    while (Object(line).method !== undefined) line = await peer.next();
    assert.equal(codeIn(line), 'released');
    await peer.end();
  } finally {
    await daemon.remove();
  }
});
