import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';

import { installOnce, runProgram } from '@plumbline/server/testing/coding-agents';
import { verifies } from '@plumbline/testkit';

import { armGateway, ownDaemon, publishedServer } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0';
const MAIN = join(import.meta.dirname, '../main.ts');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-inspector-')));
const files = join(folder, 'files');
const config = join(folder, 'mcp.json');

/** The published servers, by what they are called in the pact. */
const SERVERS = {
  fs: publishedServer('server-filesystem', files),
  mem: publishedServer('server-memory'),
  all: publishedServer('server-everything'),
} as const;

type Name = keyof typeof SERVERS;
type Way = 'stdio' | 'http';

const served = Object.fromEntries(
  Object.entries(SERVERS).map(([name, command]) => [name, { command }]),
);

const environment = ownDaemon(folder, {
  PATH: process.env['PATH'] ?? '',
  PLUMBLINE_MCP: JSON.stringify({ inspected: { servers: served, session: { principal: 'ada' } } }),
  MEMORY_FILE_PATH: join(folder, 'memory.json'),
});

const PACT = `
pact: plumbline/v1
agent: inspected
purpose: Be inspected.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  fs.read_text_file: { effect: read, trust: untrusted }
  mem.create_entities: { effect: write }
  all.echo: { effect: read }
  all.get-sum: { effect: read }
  all.resources.read: { effect: read, trust: untrusted }
  all.prompts.get: { effect: read }
allow:
  - { id: files, tool: fs.read_text_file }
  - { id: memory, tool: mem.create_entities }
  - { id: all, tool: [all.echo, all.get-sum, all.resources.read, all.prompts.get] }
exclude:
  - id: secrets
    tool: fs.read_text_file
    when: 'args.path.contains("secret")'
    say: secrets stay where they are
  - { id: no-sums, tool: all.get-sum, when: 'args.a > 100', say: sums are small }
  - id: no-mallory
    tool: mem.create_entities
    when: 'args.entities.exists(e, e.name == "Mallory")'
    say: nobody remembers Mallory
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

describe('mcp inspector', () => {
  let inspector: string | null = null;
  let url = '';
  let key = '';

  before(async () => {
    const modules = await installOnce(INSPECTOR);
    const program = '@modelcontextprotocol/inspector/clients/launcher/build/index.js';
    inspector = modules === null ? null : join(modules, program);
    if (inspector === null) return;
    mkdirSync(files);
    writeFileSync(join(files, 'hello.txt'), 'hello\n');
    ({ url, key } = await armGateway(environment, { folder, agent: 'inspected', pact: PACT }));
    configure();
  });

  after(async () => {
    if (inspector !== null) await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  /** The servers as a client's configuration names them, by the way and the server. */
  function configure(): void {
    const names = ['fs', 'mem', 'all'] as const;
    const stdio = names.map((name) => {
      const wrapped = ['--conditions=plumbline-source', MAIN, 'mcp', '--agent', 'inspected'];
      const args = [...wrapped, '--prefix', `${name}.`, '--principal', 'ada', '--'];
      const command = process.execPath;
      const start = { command, args: [...args, ...SERVERS[name]], env: environment };
      return [`stdio-${name}`, start] as const;
    });
    const headers = { Authorization: `Bearer ${key}` };
    const http = names.map((name) => {
      return [`http-${name}`, { type: 'streamable-http', url, headers }] as const;
    });
    const mcpServers = Object.fromEntries([...stdio, ...http]);
    writeFileSync(config, JSON.stringify({ mcpServers }));
  }

  /** What the Inspector prints of one request, made the one way or the other. */
  async function inspect(way: Way, name: Name, ...asked: readonly string[]): Promise<string> {
    const start = [inspector ?? '', '--cli', '--config', config, '--server', `${way}-${name}`];
    const argv = [...start, ...asked];
    return (await runProgram(process.execPath, argv, { environment, cwd: folder })).out;
  }

  /** The name of a tool or prompt as a client sees it. */
  const named = (way: Way, name: Name, own: string): string =>
    way === 'stdio' ? own : `${name}__${own}`;

  function call(
    way: Way,
    [name, own]: readonly [Name, string],
    ...pairs: readonly string[]
  ): Promise<string> {
    const args = pairs.flatMap((pair) => ['--tool-arg', pair]);
    const tool = ['--method', 'tools/call', '--tool-name', named(way, name, own)];
    return inspect(way, name, ...tool, ...args);
  }

  /** Without the registry it is not checked, which is counted; in CI that is a failure. */
  function isMissing(t: TestContext): boolean {
    if (inspector !== null) return false;
    const why = `${INSPECTOR} cannot be installed from the registry`;
    if (process.env['CI'] === 'true') assert.fail(why);
    t.skip(`NOT CHECKED BY OTHER PEOPLE'S TOOLS: ${why}`);
    return true;
  }

  for (const way of ['stdio', 'http'] as const) {
    test(`mcp inspector: tools are listed, called and refused over ${way}`, async (t) => {
      if (isMissing(t)) return;
      verifies('enforce.every-path', 'enforce.hard-block');
      const entity = (who: string): string =>
        `entities=[{"name":"${who}","entityType":"person","observations":["${way}"]}]`;
      const [listed, hello, secret, ada, mallory, echo, sum] = await Promise.all([
        inspect(way, 'fs', '--method', 'tools/list'),
        call(way, ['fs', 'read_text_file'], `path=${join(files, 'hello.txt')}`),
        call(way, ['fs', 'read_text_file'], `path=${join(files, 'secret.txt')}`),
        call(way, ['mem', 'create_entities'], entity(`Ada, ${way}`)),
        call(way, ['mem', 'create_entities'], entity('Mallory')),
        call(way, ['all', 'echo'], 'message=over here'),
        call(way, ['all', 'get-sum'], 'a=101', 'b=2'),
      ]);
      assert.match(listed, new RegExp(`"${named(way, 'fs', 'read_text_file')}"`));
      assert.doesNotMatch(listed, /write_file/);
      assert.match(hello, /hello\\n/);
      assert.match(secret, /plumbline refused this call: secrets stay where they are/);
      assert.match(ada, /Ada/);
      assert.match(mallory, /plumbline refused this call: nobody remembers Mallory/);
      assert.match(echo, /Echo: over here/);
      assert.match(sum, /plumbline refused this call: sums are small/);
    });

    test(`mcp inspector: resources and prompts are read over ${way}`, async (t) => {
      if (isMissing(t)) return;
      verifies('enforce.every-path');
      const prompt = named(way, 'all', 'simple-prompt');
      const uri = ['--uri', 'demo://resource/dynamic/text/1'];
      const [resources, read, prompts, got] = await Promise.all([
        inspect(way, 'all', '--method', 'resources/list'),
        inspect(way, 'all', '--method', 'resources/read', ...uri),
        inspect(way, 'all', '--method', 'prompts/list'),
        inspect(way, 'all', '--method', 'prompts/get', '--prompt-name', prompt),
      ]);
      assert.match(resources, /demo:\/\/resource/);
      assert.match(read, /"contents"/);
      assert.match(prompts, new RegExp(`"${prompt}"`));
      assert.match(got, /"messages"/);
    });
  }
});
