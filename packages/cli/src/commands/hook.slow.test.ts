import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { type CodingAgent, codingAgent, runProgram } from '@plumbline/server/testing/coding-agents';
import {
  type ModelEndpoint,
  openModelEndpoint,
  type ScriptedCall,
} from '@plumbline/server/testing/model-endpoint';
import { until, verifies } from '@plumbline/testkit';

import { ownDaemon } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-hook-')));
const work = join(folder, 'work');
const MAIN = join(import.meta.dirname, '../main.ts');
const environment = ownDaemon(folder, {
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  PLUMBLINE_LISTEN_HTTP: `127.0.0.1:${await freePort()}`,
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const PACT = `
pact: plumbline/v1
agent: coder
purpose: Change the code of one project.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  claude.Read: { effect: read, trust: untrusted }
  claude.Bash: { effect: send, reversible: no }
  gemini.read_file: { effect: read, trust: untrusted }
  gemini.run_shell_command: { effect: send, reversible: no }
  codex.Bash: { effect: send, reversible: no }
  files.read_text_file: { effect: read, trust: untrusted }
allow:
  - { id: read, tool: [claude.Read, gemini.read_file, files.read_text_file] }
  - { id: shell, tool: [claude.Bash, gemini.run_shell_command, codex.Bash] }
exclude:
  - id: no-rm
    tool: [claude.Bash, gemini.run_shell_command, codex.Bash]
    when: 'args.command.contains("rm ")'
    say: nothing is removed here
  - id: secrets
    tool: files.read_text_file
    when: 'args.path.contains("secret")'
    say: secrets stay where they are
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

async function installed(t: TestContext, agent: CodingAgent): Promise<readonly string[] | null> {
  const command = await codingAgent(agent);
  if (command !== null) return command;
  assert.notEqual(process.env['CI'], 'true', `${agent} cannot be had from the registry`);
  t.skip(`${agent} cannot be had from the registry`);
  return null;
}

type Row = { readonly kind: string; readonly session: string | null; readonly open: JsonObject };

async function rows(): Promise<readonly Row[]> {
  const { out } = await plumb('log', 'tail', '--agent', 'coder', '-n', '1000', '--json');
  // The command prints one object of entries.
  return (JSON.parse(out) as { readonly entries: readonly Row[] }).entries;
}

/** Waits until the record of the last session is so, whatever came first of what ran together. */
async function recorded(...expected: readonly string[]): Promise<void> {
  let found: readonly string[] = [];
  for (let tries = 0; tries < 240; tries += 1) {
    const all = await rows();
    const last = all.findLast(({ kind }) => kind === 'session_opened')?.session;
    found = all.filter(({ session }) => session === last).map(spelt);
    if (JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted())) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.deepEqual(found, expected);
}

/** A file was read, its removal refused, a sum made: the model was told so, and it is recorded. */
async function guarded(asked: string): Promise<void> {
  assert.match(asked, /hello from a file/);
  assert.ok(asked.includes(REFUSAL), asked.slice(-2_000));
  assert.match(asked, /40002/);
  assert.ok(existsSync(join(work, 'a.txt')));
  await recorded(
    'session_opened',
    'message principal',
    'decided allow',
    'outcome ok',
    'decided deny',
    'decided allow',
    'outcome ok',
    'session_closed',
  );
}

function spelt({ kind, open }: Row): string {
  const detail = open['verdict'] ?? open['status'] ?? open['from'];
  return typeof detail === 'string' ? `${kind} ${detail}` : kind;
}

const REFUSAL = 'plumbline refused this call: nothing is removed here';

describe('coding agents from the registry', { timeout: 600_000 }, () => {
  let endpoint: ModelEndpoint;

  async function script(...turns: readonly (readonly ScriptedCall[])[]): Promise<string> {
    endpoint = await openModelEndpoint(turns);
    return endpoint.url;
  }

  before(async () => {
    mkdirSync(work);
    writeFileSync(join(folder, 'coder.pact.yaml'), PACT);
    const up = await plumb('up', '--detach');
    assert.equal(up.exit, 0, up.err);
    await plumb('agent', 'add', 'coder');
    const published = await plumb('pact', 'publish', join(folder, 'coder.pact.yaml'));
    assert.equal(published.exit, 0, published.err);
  });

  beforeEach(() => writeFileSync(join(work, 'a.txt'), 'hello from a file\n'));

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  let key = '';

  async function claude(t: TestContext, url: string, ...argv: readonly string[]): Promise<string> {
    const command = await installed(t, 'claude-code');
    if (command === null) return '';
    const [program = ''] = command;
    const quiet = {
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
    };
    // Servers are there before the first turn.
    const hookKey = { PLUMBLINE_HOOK_KEY: key, MCP_CONNECTION_NONBLOCKING: '0' };
    const told = {
      ...hookKey,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'sk-ant-none',
      ...quiet,
    };
    const of = { ...environment, ...told, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
    const { exit, out } = await runProgram(program, argv, { environment: of, cwd: work });
    await endpoint.close();
    assert.equal(exit, 0, out);
    return JSON.stringify(endpoint.asked().at(-1));
  }

  test('claude code: one call runs, one is refused in the pact’s words, both stand', async (t) => {
    verifies('enforce.every-path', 'evidence.before-effect');
    const install = await plumb('hook', 'claude-code', 'install', '--agent', 'coder');
    assert.equal(install.exit, 0, install.err);
    const url = await script(
      [{ tool: 'Read', args: { file_path: join(work, 'a.txt') } }],
      [
        { tool: 'Bash', args: { command: 'rm a.txt', description: 'tidy' } },
        { tool: 'Bash', args: { command: 'expr 40000 + 2', description: 'say' } },
      ],
    );
    const asked = await claude(t, url, '-p', 'read a.txt', '--allowedTools', 'Read,Bash');
    if (asked === '') return;
    await guarded(asked);
    assert.equal((await plumb('verify')).exit, 3);
  });

  test('claude code: a halt ends its turn, and without the daemon nothing runs', async (t) => {
    verifies('human.halt', 'enforce.fail-closed');
    const turns = [
      [{ tool: 'Bash', args: { command: 'touch ran.txt', description: 'x' } }],
    ] as const;
    await plumb('halt', 'coder', '--reason', 'enough');
    await claude(t, await script(...turns), '-p', 'go', '--allowedTools', 'Bash');
    assert.equal(existsSync(join(work, 'ran.txt')), false);
    await plumb('resume', 'coder', '--reason', 'go on');
    await plumb('down');
    const asked = await claude(t, await script(...turns), '-p', 'go', '--allowedTools', 'Bash');
    assert.equal(existsSync(join(work, 'ran.txt')), false);
    if (asked !== '') assert.match(asked, /the daemon does not answer/);
    await plumb('up', '--detach');
  });

  test('claude code: over HTTP the same holds, and a wrong key blocks', async (t) => {
    verifies('enforce.fail-closed');
    const form = ['--agent', 'coder', '--form', 'http'];
    const install = await plumb('hook', 'claude-code', 'install', ...form);
    assert.equal(install.exit, 0, install.err);
    const made = ['--kind', 'opener', '--name', 'hooks', '--agent', 'coder'];
    key = (await plumb('key', 'add', ...made)).out.trim();
    const rm = { tool: 'Bash', args: { command: 'rm a.txt', description: 'x' } };
    const touch = { tool: 'Bash', args: { command: 'touch ran.txt', description: 'x' } };
    const told = ['-p', 'go', '--allowedTools', 'Bash'];
    const asked = await claude(t, await script([rm], [touch]), ...told);
    if (asked === '') return;
    assert.ok(asked.includes(REFUSAL), asked.slice(-2_000));
    assert.ok(existsSync(join(work, 'ran.txt')));
    await recorded(
      'session_opened',
      'message principal',
      'decided deny',
      'decided allow',
      'outcome ok',
      'session_closed',
    );
    rmSync(join(work, 'ran.txt'));
    key = 'plk_0000000000000000_0';
    await claude(t, await script([touch]), ...told);
    assert.equal(existsSync(join(work, 'ran.txt')), false);
  });

  test('claude code: calls of a gatewayed server are decided once, by the gateway', async (t) => {
    const attested = ['--agent', 'coder', '--gateway', 'files'];
    await plumb('hook', 'claude-code', 'install', ...attested);
    const require = createRequire(import.meta.url);
    const manifest = require.resolve('@modelcontextprotocol/server-filesystem/package.json');
    const server = [process.execPath, join(dirname(manifest), 'dist/index.js'), work];
    const gateway = ['--conditions=plumbline-source', MAIN, 'mcp', '--agent', 'coder'];
    const config = {
      mcpServers: {
        files: {
          command: process.execPath,
          args: [...gateway, '--prefix', 'files.', '--wait', '0', '--', ...server],
          env: environment,
        },
      },
    };
    writeFileSync(join(work, 'secret.txt'), 'x');
    writeFileSync(join(folder, 'mcp.json'), JSON.stringify(config));
    const url = await script(
      [{ tool: 'mcp__files__read_text_file', args: { path: join(work, 'a.txt') } }],
      [{ tool: 'mcp__files__read_text_file', args: { path: join(work, 'secret.txt') } }],
    );
    const told = ['--mcp-config', join(folder, 'mcp.json'), '--strict-mcp-config'];
    const asked = await claude(t, url, '-p', 'read', ...told, '--allowedTools', 'mcp__files');
    if (asked === '') return;
    assert.match(asked, /hello from a file/);
    assert.match(asked, /plumbline refused this call: secrets stay where they are/);
    const reads = await until(async () => {
      const decided = (await rows()).filter(({ kind }) => kind === 'decided');
      const found = decided.filter(({ open: { tool } }) => tool === 'files.read_text_file');
      return found.length < 2 ? undefined : found;
    });
    assert.deepEqual(
      reads.map(({ open: { verdict } }) => verdict),
      ['allow', 'deny'],
    );
    const removed = await plumb('hook', 'claude-code', 'remove');
    assert.equal(removed.exit, 0, removed.err);
    assert.equal(existsSync(join(folder, '.claude/settings.json')), false);
  });

  test('gemini cli: one call runs, one is refused in the pact’s words, all recorded', async (t) => {
    verifies('enforce.every-path');
    const command = await installed(t, 'gemini-cli');
    if (command === null) return;
    mkdirSync(join(folder, '.gemini'), { recursive: true });
    const settings = join(folder, '.gemini/settings.json');
    const own = '{\n  // mine\n  "security": { "auth": { "selectedType": "gemini-api-key" } }\n}\n';
    writeFileSync(settings, own);
    const install = await plumb('hook', 'gemini-cli', 'install', '--agent', 'coder');
    assert.equal(install.exit, 0, install.err);
    const url = await script(
      [{ tool: 'read_file', args: { file_path: join(work, 'a.txt') } }],
      [
        { tool: 'run_shell_command', args: { command: 'rm a.txt' } },
        { tool: 'run_shell_command', args: { command: 'expr 40000 + 2' } },
      ],
    );
    const told = { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'none' };
    const of = { ...environment, ...told, GEMINI_CLI_TRUST_WORKSPACE: 'true' };
    const argv = ['-m', 'gemini-2.5-pro', '-p', 'read a.txt', '--approval-mode=yolo'];
    const [program = '', ...rest] = command;
    const ran = await runProgram(program, [...rest, ...argv], { environment: of, cwd: work });
    await endpoint.close();
    assert.equal(ran.exit, 0, ran.out);
    const asked = JSON.stringify(endpoint.asked().at(-1));
    await guarded(asked);
    await plumb('hook', 'gemini-cli', 'remove');
    assert.equal(readFileSync(settings, 'utf8'), own);
  });

  test('codex: one call runs, one is refused in the pact’s words, all recorded', async (t) => {
    verifies('enforce.every-path');
    const command = await installed(t, 'codex');
    if (command === null) return;
    const install = await plumb('hook', 'codex', 'install', '--agent', 'coder');
    assert.equal(install.exit, 0, install.err);
    const url = await script(
      [{ tool: 'exec_command', args: { cmd: 'cat a.txt' } }],
      [{ tool: 'exec_command', args: { cmd: 'rm a.txt' } }],
    );
    const config = [
      'model = "scripted"',
      'model_provider = "local"',
      '[model_providers.local]',
      'name = "local"',
      `base_url = "${url}/v1"`,
      'wire_api = "responses"',
      'env_key = "NO_KEY"',
    ];
    writeFileSync(join(folder, '.codex/config.toml'), config.join('\n'));
    const flags = ['--skip-git-repo-check', '--dangerously-bypass-hook-trust'];
    const argv = ['exec', ...flags, '--dangerously-bypass-approvals-and-sandbox', 'read a.txt'];
    const [program = '', ...rest] = command;
    const of = { environment: { ...environment, NO_KEY: 'none' }, cwd: work };
    const ran = await runProgram(program, [...rest, ...argv], of);
    await endpoint.close();
    assert.equal(ran.exit, 0, ran.out);
    const asked = JSON.stringify(endpoint.asked().at(-1));
    assert.match(asked, /hello from a file/);
    assert.ok(asked.includes(REFUSAL), asked.slice(-2_000));
    assert.ok(existsSync(join(work, 'a.txt')));
    await recorded(
      'session_opened',
      'message principal',
      'decided allow',
      'outcome ok',
      'decided deny',
    );
    await plumb('hook', 'codex', 'remove');
    assert.equal(existsSync(join(folder, '.codex/hooks.json')), false);
  });
});
