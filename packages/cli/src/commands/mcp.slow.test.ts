import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as EarlierClient } from '@modelcontextprotocol/sdk/client/index.js';
import * as earlier from '@modelcontextprotocol/sdk/client/stdio.js';
import { verifies } from '@plumbline/testkit';

import { ownDaemon } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-mcp-')));
const files = join(folder, 'files');
const environment = ownDaemon(folder, {
  PLUMBLINE_LISTEN_HTTP: 'none',
});

const PACT = `
pact: plumbline/v1
agent: files-agent
purpose: Read and tidy the files of one folder.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  fs.read_text_file: { effect: read, trust: untrusted }
  fs.list_directory: { effect: read }
  fs.write_file: { effect: write, reversible: no }
  mem.create_entities: { effect: write }
  mem.read_graph: { effect: read }
  all.echo: { effect: read }
  all.get-sum: { effect: read }
  all.resources.read: { effect: read, trust: untrusted }
allow:
  - { id: read, tool: [fs.read_text_file, fs.list_directory] }
  - { id: write, tool: fs.write_file, when: 'args.path.endsWith(".txt")' }
  - { id: memory, tool: [mem.create_entities, mem.read_graph] }
  - { id: all, tool: [all.echo, all.get-sum, all.resources.read] }
exclude:
  - id: secrets
    tool: fs.read_text_file
    when: 'args.path.contains("secret")'
    say: secrets stay where they are
`;

const MAIN = join(import.meta.dirname, '../main.ts');
const require = createRequire(import.meta.url);

/** The command line of a published server, wrapped. */
function wrapped(prefix: string, server: string, ...rest: readonly string[]): readonly string[] {
  const manifest = require.resolve(`@modelcontextprotocol/${server}/package.json`);
  const program = join(dirname(manifest), 'dist/index.js');
  const gateway = ['--conditions=plumbline-source', MAIN, 'mcp', '--agent', 'files-agent'];
  const named = ['--prefix', prefix, '--principal', 'ada', '--wait', '0'];
  return [...gateway, ...named, '--', process.execPath, program, ...rest];
}

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

type Called = { readonly isError?: boolean; readonly content?: unknown; readonly _meta?: object };

/** What the two generations of the client have in common here. */
type Peer = {
  readonly listTools: () => Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  readonly callTool: (of: { name: string; arguments: Record<string, unknown> }) => Promise<unknown>;
  readonly readResource: (of: { uri: string }) => Promise<{ readonly contents: unknown[] }>;
  readonly close: () => Promise<void>;
};

async function connect(generation: 'current' | 'earlier', argv: readonly string[]): Promise<Peer> {
  const spoken = { command: process.execPath, args: [...argv], env: environment };
  const identity = { name: 'peer', version: '1' };
  if (generation === 'current') {
    const client = new Client(identity);
    await client.connect(new StdioClientTransport({ ...spoken, stderr: 'ignore' }));
    return client;
  }
  const client = new EarlierClient(identity);
  await client.connect(new earlier.StdioClientTransport({ ...spoken, stderr: 'ignore' }));
  return client;
}

async function call(peer: Peer, name: string, args: Record<string, unknown>): Promise<Called> {
  // Both generations answer with the result of the protocol.
  return (await peer.callTool({ name, arguments: args })) as Called;
}

describe('plumb mcp', () => {
  before(async () => {
    mkdirSync(files);
    writeFileSync(join(files, 'hello.txt'), 'hello\n');
    writeFileSync(join(folder, 'files.pact.yaml'), PACT);
    const up = await plumb('up', '--detach');
    assert.equal(up.exit, 0, up.err);
    await plumb('agent', 'add', 'files-agent');
    const published = await plumb('pact', 'publish', join(folder, 'files.pact.yaml'));
    assert.equal(published.exit, 0, published.err);
  });

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  for (const generation of ['current', 'earlier'] as const) {
    test(`mcp: the filesystem server is governed before the ${generation} client`, async () => {
      verifies('enforce.every-path', 'enforce.hard-block');
      const peer = await connect(generation, wrapped('fs.', 'server-filesystem', files));
      const { tools } = await peer.listTools();
      const names = tools.map(({ name }) => name).sort();
      assert.deepEqual(names, ['list_directory', 'read_text_file', 'write_file']);
      const read = await call(peer, 'read_text_file', { path: join(files, 'hello.txt') });
      assert.deepEqual(read.content, [{ type: 'text', text: 'hello\n' }]);
      const secret = await call(peer, 'read_text_file', { path: join(files, 'secret.txt') });
      assert.equal(secret.isError, true);
      const said = 'plumbline refused this call: secrets stay where they are';
      assert.deepEqual(secret.content, [{ type: 'text', text: said }]);
      const script = { path: join(files, 'run.sh'), content: 'rm -rf /' };
      assert.equal((await call(peer, 'write_file', script)).isError, true);
      const moving = { source: files, destination: folder };
      assert.match(JSON.stringify(await call(peer, 'move_file', moving)), /"code":"denied"/);
      const absent = await call(peer, 'read_text_file', { path: join(files, 'absent.txt') });
      assert.equal(absent.isError, true);
      assert.doesNotMatch(JSON.stringify(absent), /plumbline/);
      await peer.close();
    });
  }

  test('mcp: the memory server remembers what it is let remember', async () => {
    const peer = await connect('current', wrapped('mem.', 'server-memory'));
    const entities = [{ name: 'Ada', entityType: 'person', observations: ['likes tea'] }];
    await call(peer, 'create_entities', { entities });
    const graph = await call(peer, 'read_graph', {});
    assert.match(JSON.stringify(graph.content), /likes tea/);
    await peer.close();
  });

  test('mcp: the everything server shows what the pact speaks of, resources included', async () => {
    const peer = await connect('current', wrapped('all.', 'server-everything'));
    const { tools } = await peer.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['echo', 'get-sum']);
    const sum = await call(peer, 'get-sum', { a: 2, b: 3 });
    assert.match(JSON.stringify(sum.content), /5/);
    const uri = 'demo://resource/dynamic/text/1';
    const { contents } = await peer.readResource({ uri });
    assert.equal(contents.length, 1);
    await peer.close();
  });

  test('mcp: every call stands in the record, and the record verifies', async () => {
    verifies('evidence.recompute');
    const log = await plumb('log', 'tail', '--kind', 'outcome', '--lines', '50');
    assert.match(log.out, /outcome/);
    const tools = await plumb('tool', 'list', 'files-agent');
    assert.match(tools.out, /fs\.read_text_file +fs +pinned/);
    const verified = await plumb('verify', '--json');
    assert.equal(verified.exit, 3, verified.err);
    assert.doesNotMatch(verified.out, /"mismatch":[1-9]/);
  });

  test('mcp: a server that does not start, and an agent nobody added, say so and end', async () => {
    const missing = ['mcp', '--agent', 'files-agent', '--', join(folder, 'no-such-server')];
    const unknown = ['mcp', '--agent', 'nobody', '--', process.execPath];
    assert.equal((await plumb(...unknown)).exit, 1);
    assert.match((await plumb(...unknown)).err, /unknown-agent/);
    const said = await plumb(...missing);
    assert.deepEqual([said.exit, /cannot be started/.test(said.err)], [1, true]);
  });
});
