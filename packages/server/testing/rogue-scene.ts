import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { wrapServer } from '../src/client/mcp-stdio.ts';
import { openSocketEnforcement } from '../src/client/socket-enforcement.ts';
import { type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';

/** How a client reaches a server: wrapped, or through the daemon that starts it or asks for it. */
export type Way = 'stdio' | 'command' | 'url';

/** A client of one server. */
export type RoguePeer = {
  readonly ask: (message: JsonObject) => void;
  /** Resolves with the answer to a request. */
  readonly answer: (id: number) => Promise<JsonObject>;
  readonly session: string;
  readonly close: () => Promise<void>;
};

/** Servers that misbehave, each behind a daemon in every way. */
export type RogueScene = {
  readonly daemon: DaemonProgram;
  readonly open: (way: Way, manner: string) => Promise<RoguePeer>;
  /** The key of the agent of a manner. */
  readonly keyOf: (way: Way, manner: string) => string;
  /** The status of the outcome of every decision of a manner, `none` where there is none. */
  readonly outcomes: (way: Way, manner: string) => Promise<readonly string[]>;
  /** Resolves once a call of a manner was let through and has had time to leave. */
  readonly forwarded: (way: Way, manner: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const ROGUE = fileURLToPath(new URL('rogue-server.ts', import.meta.url));

function agentOf(way: Way, manner: string): string {
  return `${way}-${manner}`;
}

function pactFor(agent: string): string {
  return `
pact: plumbline/v1
agent: ${agent}
purpose: Read.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools: { x.read: { effect: read, trust: untrusted } }
allow: [{ id: read, tool: x.read }]
`;
}

/** Starts a daemon before servers of these manners. */
export async function rogueScene(manners: readonly string[]): Promise<RogueScene> {
  const served = await Promise.all(manners.map(serve));
  const mcp: Record<string, object> = {};
  for (const { manner, url } of served) {
    const session = { principal: 'ada' };
    const command = [process.execPath, ROGUE, manner];
    mcp[agentOf('command', manner)] = { servers: { x: { command, plain: true } }, session };
    mcp[agentOf('url', manner)] = { servers: { x: { url, plain: true } }, session };
  }
  const home = makeHome({ mcp: JSON.stringify(mcp), 'log.heartbeatMs': '600000' });
  const daemon = await mustStart(home);
  const keys = new Map<string, string>();
  const ways: readonly Way[] = ['stdio', 'command', 'url'];
  for (const agent of ways.flatMap((way) => manners.map((manner) => agentOf(way, manner)))) {
    keys.set(agent, await introduce(daemon, agent));
  }
  return {
    daemon,
    open: (way, manner) => {
      const agent = agentOf(way, manner);
      if (way === 'stdio') return wrap(daemon.started.socket, agent, manner);
      const url = `${daemon.started.url ?? ''}/mcp/${agent}`;
      return connect(url, keys.get(agent) ?? '');
    },
    keyOf: (way, manner) => keys.get(agentOf(way, manner)) ?? '',
    outcomes: (way, manner) => outcomesOf(daemon, agentOf(way, manner)),
    forwarded: async (way, manner) => {
      let seen = await outcomesOf(daemon, agentOf(way, manner));
      for (let round = 0; round < 200 && !seen.includes('none'); round += 1) {
        await sleep(50);
        seen = await outcomesOf(daemon, agentOf(way, manner));
      }
      await sleep(300);
    },
    close: async () => {
      await daemon.end('SIGTERM');
      for (const { child } of served) child.kill('SIGKILL');
      home.remove();
    },
  };
}

type ServedRogue = {
  readonly manner: string;
  readonly url: string;
  readonly child: ChildProcess;
};

async function serve(manner: string): Promise<ServedRogue> {
  const args = [ROGUE, manner, 'http'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { manner, url: `http://127.0.0.1:${String(line)}/`, child };
}

async function introduce({ client }: DaemonProgram, agent: string): Promise<string> {
  const post = (path: string, body: Json): Promise<Json> =>
    client.ask({ method: 'POST', path: `/api/v1/${path}`, body });
  await post('agents', { agent });
  const entry = `${agent}.pact.yaml`;
  const files = { [entry]: pactFor(agent) };
  await post(`agents/${agent}/pacts`, { entry, files, mode: 'publish', reason: 'test' });
  const key = Object(await post('keys', { kind: 'agent', name: agent, agents: [agent] }));
  return String(key.token);
}

async function outcomesOf({ client }: DaemonProgram, agent: string): Promise<readonly string[]> {
  const path = `/api/v1/agents/${agent}/decisions?limit=100`;
  const { rows } = Object(await client.ask({ method: 'GET', path }));
  const decisions: readonly Json[] = Array.isArray(rows) ? rows : [];
  const statuses = decisions.filter(isJsonObject).map(({ outcome }) => outcome ?? 'none');
  return statuses.map((status) => (typeof status === 'string' ? status : 'none')).toReversed();
}

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

/** Answers as they come, for whoever waits for one. */
class Inbox {
  readonly #answers = new Map<number, JsonObject>();
  readonly #waiting = new Map<number, (answer: JsonObject) => void>();

  take(message: JsonObject): void {
    const { id, method } = message;
    if (method !== undefined || typeof id !== 'number') return;
    this.#answers.set(id, message);
    this.#waiting.get(id)?.(message);
  }

  answer(id: number): Promise<JsonObject> {
    const known = this.#answers.get(id);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}

async function wrap(socket: string, agent: string, manner: string): Promise<RoguePeer> {
  const attested = { principal: 'ada', task: null, room: null, attributes: {} };
  const opened = await openSocketEnforcement(socket, { agent, name: 'test', ...attested });
  if (!opened.ok) throw new Error(opened.message);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const inbox = new Inbox();
  const { done } = wrapServer({
    command: process.execPath,
    args: [ROGUE, manner],
    environment: process.env,
    enforcement: opened.value,
    prefix: 'x.',
    server: 'rogue',
    bounds: { graceMs: 200, waitMs: 0 },
    messageBytes: 1_048_576,
    input,
    output,
    note: () => undefined,
  });
  createInterface({ input: output }).on('line', (line) => inbox.take(objectOf(line)));
  const ask = (message: JsonObject): void =>
    void input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  ask({ id: 0, method: 'initialize', params: INITIALIZE });
  await inbox.answer(0);
  ask({ method: 'notifications/initialized' });
  const close = async (): Promise<void> => {
    input.end();
    await done;
  };
  return { ask, answer: (id) => inbox.answer(id), session: opened.value.session, close };
}

async function connect(url: string, key: string): Promise<RoguePeer> {
  const inbox = new Inbox();
  const headers: Record<string, string> = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
  };
  const post = async (message: JsonObject): Promise<string> => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const response = await fetch(url, { method: 'POST', headers, body });
    for await (const text of linesOf(response)) inbox.take(objectOf(text));
    return response.headers.get('mcp-session-id') ?? '';
  };
  const session = await post({ id: 0, method: 'initialize', params: INITIALIZE });
  headers['mcp-session-id'] = session;
  await post({ method: 'notifications/initialized' });
  return {
    ask: (message) => void post(message).catch(() => undefined),
    answer: (id) => inbox.answer(id),
    session,
    close: async () => void (await fetch(url, { method: 'DELETE', headers })),
  };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice(6);
  }
  if (rest.startsWith('{')) yield rest;
}

function objectOf(text: string): JsonObject {
  // What the gateway writes is JSON; the first event of a stream says nothing.
  const value = JSON.parse(text === '' ? '{}' : text) as Json;
  return isJsonObject(value) ? value : {};
}
