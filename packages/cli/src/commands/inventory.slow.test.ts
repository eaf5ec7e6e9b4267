import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { verifies } from '@plumbline/testkit';

import { readConfigFile } from '@plumbline/server/source/machine/read-file';
import { readServers } from '@plumbline/server/source/machine/read-servers';

import { ownDaemon } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-inv-')));
const environment = ownDaemon(home, {
  PATH: process.env['PATH'] ?? '',
  XDG_CONFIG_HOME: join(home, '.config'),
  PLUMBLINE_LISTEN_HTTP: 'none',
});
const config = join(home, '.cursor', 'mcp.json');
const files = join(home, 'files');

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/server-filesystem/package.json');
const server = join(dirname(manifest), 'dist/index.js');
const main = join(import.meta.dirname, '../main.ts');
const program = `${process.execPath} --conditions=plumbline-source ${main}`;

const FILE = {
  base: 'home',
  path: '.cursor/mcp.json',
  format: 'json',
  servers: ['mcpServers'],
} as const;
const ORIGINAL = `{
  // What the agent may use.
  "mcpServers": {
    "files": { "command": "${process.execPath}", "args": ["${server}", "${files}"], },
  },
}
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, 'inventory', ...argv);
}

function parsed(said: Said): { readonly [member: string]: unknown } {
  // Every answer with `--json` is one object.
  return JSON.parse(said.out) as { readonly [member: string]: unknown };
}

/** What a client starts that reads its configuration. */
function configured(): { readonly command: string; readonly args: string[] } {
  const read = readConfigFile(config, 'json');
  assert(read !== null && !('why' in read));
  const found = readServers({ client: 'cursor', file: FILE, read, project: null });
  const reach = found.servers[0]?.reach;
  assert(reach?.kind === 'stdio');
  const [command = '', ...args] = reach.words;
  return { command, args };
}

describe('a machine, from found to governed and back', () => {
  before(() => {
    mkdirSync(files);
    mkdirSync(dirname(config));
    writeFileSync(config, ORIGINAL);
    writeFileSync(join(files, 'a.txt'), 'hello');
  });
  after(async () => {
    await plumbWith(environment, 'down');
    rmSync(home, { recursive: true, force: true });
  });

  test('inventory: a drafted pact governs the official server its client starts', async () => {
    verifies('fleet.inventory');
    const drafted = await plumb(
      'draft',
      '--agent',
      'desk',
      '--client',
      'cursor',
      '--ask',
      '--yes',
      '-o',
      home,
    );
    assert.equal(drafted.exit, 0, drafted.err);
    const pact = join(home, 'desk.pact.yaml');
    assert.equal((await plumbWith(environment, 'pact', 'check', pact)).exit, 0);
    await plumbWith(environment, 'agent', 'add', 'desk');
    assert.equal((await plumbWith(environment, 'pact', 'publish', pact)).exit, 0);
    const governed = await plumb(
      'govern',
      'cursor',
      '--agent',
      'desk',
      '--plumb',
      program,
      '--yes',
    );
    assert.equal(governed.exit, 0, governed.err);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ ...configured(), env: environment }));
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assert(names.includes('read_text_file') && names.includes('write_file'));
    const read = { name: 'read_text_file', arguments: { path: join(files, 'a.txt') } };
    assert.match(JSON.stringify(await client.callTool(read)), /hello/);
    const listed = parsed(await plumb('--json'));
    assert.match(JSON.stringify(listed['servers']), /"how":"gateway stdio","agent":"desk"/);
    const found = parsed(await plumb('bypass', '--json'));
    assert.deepEqual(found['found'], [], 'what the gateway started goes around nothing');
    await client.close();
  });

  test('inventory: a server that runs without the gateway is found and recorded', async (t) => {
    verifies('fleet.bypass');
    if (process.platform !== 'linux') return t.skip('only Linux shows programs as files');
    // Its parent ends at once, so that it runs below nothing of this test, and it ends by itself.
    const script = '(sleep 5 | "$0" "$@" 2>&1) & exit 0';
    const child = spawn('sh', ['-c', script, process.execPath, server, files]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const said = await plumb('bypass', '--json');
    assert.equal(said.exit, 1);
    const rows = parsed(said)['found'];
    assert(Array.isArray(rows));
    assert.deepEqual(
      rows.map(({ what, agent, server: name, isRepeat }) => [what, agent, name, isRepeat]),
      [['process', 'desk', 'files', false]],
    );
    const verified = await plumbWith(environment, 'verify');
    assert.match(verified.out, /SIGNED/);
  });

  test('inventory: undone, the file has every byte it had', async () => {
    verifies('fleet.inventory');
    const undone = await plumb('ungovern', 'cursor', '--yes');
    assert.equal(undone.exit, 0, undone.err);
    assert.equal(readFileSync(config, 'utf8'), ORIGINAL);
    assert.match((await plumb('ungovern', 'cursor', '--yes')).out, /nothing to do/);
  });
});
