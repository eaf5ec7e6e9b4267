// Measures what each form of a hook adds to a call: `hook-trials.ts [--trials 300]`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject } from '@plumbline/core';

import { openClient } from '../src/client/daemon-client.ts';
import { HOOK_CLIENTS } from '../src/machine/hook-clients.ts';
import { hookCommand } from '../src/machine/hook-command.ts';
import { hookScript } from '../src/machine/hook-script.ts';
import { post, text } from './ask-daemon.ts';
import { makeHome, mustStart } from './daemon-program.ts';

const PACT = `
pact: plumbline/v1
agent: coder
purpose: Change code.
owner: desk@example.com
autonomy: 2
gates: off
tools:
  TOOLS
allow: [{ id: read, tool: [NAMES] }]
`;

/** Milliseconds of one form of a hook, and what it adds to an empty one. */
export type FormSpread = {
  readonly p50: number;
  readonly p99: number;
  readonly addedP50: number;
  readonly addedP99: number;
};

type Form = { readonly name: string; readonly run: (body: string) => Promise<string> };

/**
 * Runs each form of a hook in turn, so often, against one daemon with its evidence on disk, and an
 * empty hook (`true`) between them.
 *
 * Errors: throws where a call is not let through.
 */
export async function runHookTrials(trials: number): Promise<Readonly<Record<string, FormSpread>>> {
  const home = makeHome({ 'listen.http': '127.0.0.1:0', 'limits.requestsPerMinute': '10000000' });
  const program = await mustStart(home);
  const local = openClient({ kind: 'socket', path: join(home.data, 'daemon.sock') });
  try {
    await arm(local);
    const key = await post(local, 'keys', { kind: 'opener', name: 'hooks', agents: ['coder'] });
    const url = program.started.url;
    assert.ok(typeof url === 'string');
    const forms = [
      emptyHook(),
      ...HOOK_CLIENTS.map(({ id, sample }) => shellHook(home.data, id, sample.tool)),
      nodeHook(join(home.data, 'daemon.sock')),
      httpHook(url, text(key['token'])),
    ];
    return spreadsOf(await measure(forms, trials));
  } finally {
    await local.close();
    await program.end('SIGTERM');
    home.remove();
  }
}

async function arm(local: Parameters<typeof post>[0]): Promise<void> {
  await post(local, 'agents', { agent: 'coder' });
  const names = HOOK_CLIENTS.map(({ prefix, sample }) => `${prefix}${sample.tool}`);
  const tools = names.map((name) => `${name}: { effect: read }`).join('\n  ');
  const pact = PACT.replace('TOOLS', tools).replace('NAMES', names.join(', '));
  const files = { 'a.pact.yaml': pact };
  const body = { entry: 'a.pact.yaml', files, mode: 'publish', reason: 'trial', signatures: [] };
  await post(local, 'agents/coder/pacts', body);
}

function emptyHook(): Form {
  return { name: 'empty', run: (body) => shell('true', body) };
}

function shellHook(data: string, client: (typeof HOOK_CLIENTS)[number]['id'], tool: string): Form {
  const script = join(data, 'plumb-hook');
  const curl = ['/usr/bin/curl', '/bin/curl', '/opt/homebrew/bin/curl'].find(existsSync);
  assert.ok(curl !== undefined, 'curl is not here');
  writeFileSync(script, hookScript(curl), { mode: 0o700 });
  const found = HOOK_CLIENTS.find(({ id }) => id === client);
  const [event = ''] = found?.events.find(([, moment]) => moment === 'before') ?? [];
  const attested = { agent: 'coder', principal: 'ada', task: null, prefix: null, gateways: [] };
  const told = { script, client, event, seconds: 30 };
  const command = hookCommand({ ...told, attested: { ...attested, waitSeconds: 0 } });
  const body = (plain: string): string => plain.replace('EVENT', event).replace('TOOL', tool);
  return { name: `${client} (sh, curl)`, run: (plain) => shell(command, body(plain)) };
}

const PATH = '/api/v1/agents/coder/hooks/claude-code/PreToolUse?principal=ada&wait=0';

/** The same in Node, for comparison. */
function nodeHook(socket: string): Form {
  const script = `
    const { request } = require('node:http');
    const told = { socketPath: ${JSON.stringify(socket)}, path: ${JSON.stringify(PATH)} };
    const headers = { 'content-type': 'application/json' };
    const sent = request({ ...told, method: 'POST', headers }, (answer) => {
      if (answer.statusCode !== 200) process.exit(2);
      answer.pipe(process.stdout);
    });
    process.stdin.pipe(sent);
  `;
  const run = (body: string): Promise<string> =>
    started(process.execPath, ['-e', script], claudes(body));
  return { name: 'in Node, for comparison', run };
}

/** An HTTP hook of Claude Code: it keeps its connection and starts nothing. */
function httpHook(url: string, key: string): Form {
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const run = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const told = { agent, method: 'POST', headers };
      const sent = request(`${url}${PATH}`, told, (answer) => {
        let said = '';
        answer.on('data', (chunk: Buffer) => (said += chunk.toString()));
        answer.on('end', () => resolve(answer.statusCode === 200 ? said : ''));
      });
      sent.on('error', reject).end(claudes(body));
    });
  return { name: 'claude-code (http)', run };
}

function claudes(body: string): string {
  return body.replace('EVENT', 'PreToolUse').replace('TOOL', 'Read');
}

function shell(command: string, body: string): Promise<string> {
  return started('/bin/sh', ['-c', command], body);
}

function started(program: string, argv: readonly string[], body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? said : ''));
    // A program that reads nothing ends before it has everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
  });
}

async function measure(
  forms: readonly Form[],
  trials: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(forms.map(({ name }) => [name, [] as number[]]));
  for (let trial = -5; trial < trials; trial += 1) {
    for (const { name, run } of forms) {
      const id = `${name.replaceAll(/[^a-z]/gi, '-')}-${trial}`;
      const body = JSON.stringify({
        session_id: name,
        conversation_id: name,
        hook_event_name: 'EVENT',
        tool_name: 'TOOL',
        tool_input: { file_path: '/home/ada/notes.txt' },
        tool_use_id: id,
      });
      const startedAt = performance.now();
      const said = await run(body);
      const ms = performance.now() - startedAt;
      assert.ok(name === 'empty' || isLetThrough(said), `${name}: ${said}`);
      if (trial >= 0) times.get(name)?.push(ms);
    }
  }
  return times;
}

function isLetThrough(said: string): boolean {
  // What the daemon prints is JSON.
  const value = JSON.parse(said === '' ? 'null' : said) as JsonObject | null;
  const { permission = 'allow', ...rest } = value ?? { refused: true };
  return isJsonObject(value) && permission === 'allow' && Object.keys(rest).length === 0;
}

function spreadsOf(
  times: ReadonlyMap<string, readonly number[]>,
): Readonly<Record<string, FormSpread>> {
  const empty = times.get('empty') ?? [];
  const rounded = (ms: number): number => Math.round(ms * 10) / 10;
  const rows = [...times].map(([name, list]): [string, FormSpread] => {
    // An HTTP hook starts nothing, so nothing is taken off.
    const base = (share: number): number => (name.includes('http') ? 0 : at(empty, share));
    const [p50, p99] = [at(list, 0.5), at(list, 0.99)];
    const added = { addedP50: rounded(p50 - base(0.5)), addedP99: rounded(p99 - base(0.99)) };
    return [name, { p50: rounded(p50), p99: rounded(p99), ...added }];
  });
  return Object.fromEntries(rows);
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { trials: { type: 'string', default: '300' } } });
  const report = await runHookTrials(Number(values.trials));
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
