import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as ask, type Server } from 'node:http';
import { findPackageJSON } from 'node:module';
import { createServer as createSocket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Era } from '../src/pep/mcp/methods.ts';
import { makeHome, mustStart } from './daemon-program.ts';
import { inFolder } from './folder.ts';

/** A server that offers what the official conformance suite asks for, behind a daemon's gateway. */
export type ConformanceScene = {
  /** Where the suite finds the gateway; a proxy on the way adds the key. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

const PACKAGE = findPackageJSON('@modelcontextprotocol/conformance', import.meta.url) ?? '';
const SUITE = join(dirname(PACKAGE), 'dist/index.js');
const SERVER = 'github.com/modelcontextprotocol/go-sdk/conformance/everything-server@v1.8.0';
const AGENT = 'conformance';

/** Builds the official Go SDK's server for the suite; returns its path, or why there is none. */
export async function buildConformanceServer(
  folder: string,
): Promise<{ readonly path: string } | { readonly why: string }> {
  const env = { ...process.env, GOBIN: folder, GOWORK: 'off', GOFLAGS: '-buildvcs=false' };
  try {
    await promisify(execFile)('go', ['install', SERVER], { env, timeout: 300_000 });
    return { path: join(folder, 'everything-server') };
  } catch (error) {
    return {
      why: `the conformance server cannot be built with go: ${error instanceof Error ? error.message : 'unknown'}`,
    };
  }
}

/** Starts the server for one era, a daemon whose pact allows all of it, and the proxy. */
export async function conformanceScene(program: string, era: Era): Promise<ConformanceScene> {
  const names = await toolsOf(program);
  return sceneBefore(await startServer(program, era), names);
}

/** The same before a server of the modern era that answers calls with tasks. */
export async function tasksScene(): Promise<ConformanceScene> {
  const port = await freePort();
  const program = join(import.meta.dirname, 'tasks-server.ts');
  const args = ['--conditions=plumbline-source', program, String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(child.stderr, 'data');
  child.stderr.resume();
  return sceneBefore({ url: `http://127.0.0.1:${port}/mcp`, child }, TASK_TOOLS);
}

const TASK_TOOLS = [
  'greet',
  'slow_compute',
  'failing_job',
  'protocol_error_job',
  'confirm_delete',
  'multi_input',
  'test_tool_with_task',
];

type Upstream = { readonly url: string; readonly child: ChildProcess };

async function sceneBefore(
  upstream: Upstream,
  tools: readonly string[],
): Promise<ConformanceScene> {
  const pact = pactFor(tools);
  const servers = { conf: { url: upstream.url, plain: true } };
  const mcp = JSON.stringify({ [AGENT]: { servers, session: { principal: 'ada' } } });
  const home = makeHome({ mcp });
  const daemon = await mustStart(home);
  const post = (path: string, body: Json): Promise<Json> =>
    daemon.client.ask({ method: 'POST', path: `/api/v1/${path}`, body });
  await post('agents', { agent: AGENT });
  const files = { 'conformance.pact.yaml': pact };
  const entry = 'conformance.pact.yaml';
  await post(`agents/${AGENT}/pacts`, { entry, files, mode: 'publish', reason: 'conformance' });
  const key = Object(await post('keys', { kind: 'agent', name: 'suite', agents: [AGENT] }));
  const proxy = await startProxy(daemon.started.url ?? '', String(key.token));
  return {
    url: `http://localhost:${portOf(proxy)}/mcp/${AGENT}`,
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await daemon.end('SIGTERM');
      upstream.child.kill();
      home.remove();
    },
  };
}

// The server keeps sessions for the one era, and none for the other.
async function startServer(program: string, era: Era): Promise<Upstream> {
  const port = await freePort();
  const args = ['-http', `localhost:${port}`, `-stateless=${String(era === 'modern')}`];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (child.stderr === null) throw new Error('the server has no output');
  await once(child.stderr, 'data');
  child.stderr.resume();
  return { url: `http://localhost:${port}/mcp`, child };
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const address = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Every tool that the server lists, and everything else it may be asked for, is allowed. */
function pactFor(tools: readonly string[]): string {
  const names = [...tools, ...BUILT_IN];
  const declared = names.map((name) => `  "conf.${name}": { effect: read }`);
  return [
    'pact: plumbline/v1',
    `agent: ${AGENT}`,
    'purpose: Be tested.',
    'owner: desk@example.com',
    'autonomy: 2',
    'gates: off',
    'unlisted: block_and_replan',
    'tools:',
    ...declared,
    `allow: [{ id: all, tool: [${names.map((name) => `"conf.${name}"`).join(', ')}] }]`,
  ].join('\n');
}

async function toolsOf(program: string): Promise<readonly string[]> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
  const say = (message: JsonObject): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  say({ id: 1, method: 'initialize', params });
  say({ method: 'notifications/initialized' });
  say({ id: 2, method: 'tools/list' });
  for await (const line of createInterface({ input: child.stdout })) {
    // What the server says is JSON.
    const { id, result } = JSON.parse(line) as JsonObject;
    if (id !== 2) continue;
    child.kill();
    const tools: Json = Object(result)['tools'] ?? [];
    return (Array.isArray(tools) ? tools : [])
      .filter(isJsonObject)
      .flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  }
  throw new Error('the server lists no tools');
}

const BUILT_IN = [
  'resources.read',
  'prompts.get',
  'completion.complete',
  'sampling.createMessage',
  'elicitation.create',
];

/** The suite knows no keys, so they are added on the way; all else passes as it is. */
async function startProxy(daemon: string, key: string): Promise<Server> {
  const { hostname, port } = new URL(daemon);
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const all = {
      ...headers,
      ...ownNames(headers, { proxy: `localhost:${portOf(server)}`, daemon: `${hostname}:${port}` }),
      authorization: `Bearer ${key}`,
    };
    const onward = ask({ hostname, port, method, path, headers: all }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

// Names of the proxy itself are put as the daemon's own; every other is the daemon's to refuse.
function ownNames(
  { host, origin }: IncomingHttpHeaders,
  { proxy, daemon }: { readonly proxy: string; readonly daemon: string },
): IncomingHttpHeaders {
  return {
    ...(host === proxy ? { host: daemon } : {}),
    ...(origin === `http://${proxy}` ? { origin: `http://${daemon}` } : {}),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** How many checks of each scenario passed and failed, as the suite counts them. */
export type Scores = Readonly<Record<string, readonly [passed: number, failed: number]>>;

/** Runs the suite against a server. Errors: when it says nothing that is a score. */
export async function runConformance(url: string, options: readonly string[]): Promise<Scores> {
  const text = await saidBySuite(url, options);
  const scores = [...text.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed/gm)];
  if (scores.length === 0) throw new Error(`the suite says no score: ${text.slice(-2_000)}`);
  return Object.fromEntries(
    scores.map(([, name = '', passed, failed]) => [name, [Number(passed), Number(failed)]]),
  );
}

/** Runs one scenario of the suite; returns how many of its checks passed and failed. */
export async function runScenario(
  url: string,
  scenario: string,
): Promise<readonly [passed: number, failed: number]> {
  const text = await saidBySuite(url, ['--scenario', scenario]);
  const [, passed, failed] = /^Passed: (\d+)\/\d+, (\d+) failed/m.exec(text) ?? [];
  if (passed === undefined) throw new Error(`the suite says no score: ${text.slice(-2_000)}`);
  return [Number(passed), Number(failed)];
}

function saidBySuite(url: string, options: readonly string[]): Promise<string> {
  return inFolder(async (folder) => {
    const args = [SUITE, 'server', '--url', url, '-o', folder, ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await Promise.race([once(child, 'close'), sleep(180_000, undefined, { ref: false })]);
    child.kill();
    return Buffer.concat(chunks).toString('utf8');
  });
}
