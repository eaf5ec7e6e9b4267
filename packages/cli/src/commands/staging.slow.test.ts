import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { verifies } from '@plumbline/testkit';

import { armGateway, ownDaemon, publishedServer } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-staging-')));
const live = join(folder, 'live.jsonl');
const copy = join(folder, 'copy.jsonl');

/** The official memory server, over a file of its own. */
const memory = (file: string): readonly string[] => [
  '/usr/bin/env',
  `MEMORY_FILE_PATH=${file}`,
  ...publishedServer('server-memory'),
];

const served = {
  keeper: {
    servers: {
      mem: { command: memory(live), staging: { name: 'sandbox', command: memory(copy) } },
    },
    session: { principal: 'ada' },
  },
};

const environment = ownDaemon(folder, {
  PLUMBLINE_MCP: JSON.stringify(served),
});

const PACT = `
pact: plumbline/v1
agent: keeper
purpose: Remember what people are called.
owner: desk@example.com
autonomy: 2
tools:
  mem.create_entities: { effect: write }
allow:
  - { id: remember, tool: mem.create_entities }
staging: { tools: mem.create_entities, upstream: sandbox }
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

async function remember(client: Client, name: string): Promise<string> {
  const entities = [{ name, entityType: 'person', observations: [] }];
  return JSON.stringify(await client.callTool({ name: toolOf(client), arguments: { entities } }));
}

const tools = new Map<Client, string>();
const toolOf = (client: Client): string => tools.get(client) ?? '';

const heldBy = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

describe('staging before official servers', () => {
  let url = '';
  let key = '';

  before(async () => {
    ({ url, key } = await armGateway(environment, { folder, agent: 'keeper', pact: PACT }));
  });

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  async function overHttp(): Promise<Client> {
    const client = new Client(
      { name: 'peer', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    );
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    tools.set(client, 'mem__create_entities');
    return client;
  }

  async function overStdio(): Promise<Client> {
    const client = new Client({ name: 'peer', version: '1' });
    const staging = ['--staging-name', 'sandbox', '--staging', JSON.stringify(memory(copy))];
    const main = join(import.meta.dirname, '../main.ts');
    const own = ['mcp', '--agent', 'keeper', '--prefix', 'mem.', ...staging, '--', ...memory(live)];
    const args = ['--conditions=plumbline-source', main, ...own];
    const env = { ...environment, PATH: process.env['PATH'] ?? '' };
    const spoken = { command: process.execPath, args, env, stderr: 'ignore' } as const;
    await client.connect(new StdioClientTransport(spoken));
    tools.set(client, 'create_entities');
    return client;
  }

  test('staging: both transports try it on the copy, promoted it is live, and back', async () => {
    verifies('pact.staging');
    const clients = { http: await overHttp(), stdio: await overStdio() };
    const say = ['--reason', 'compared by hand'];
    for (const [way, client] of Object.entries(clients)) {
      assert.match(await remember(client, `${way}-first`), /-first/);
      assert.match(heldBy(copy), new RegExp(`${way}-first`));
    }
    assert.equal(heldBy(live), '');
    assert.match((await plumb('staging', 'list')).out, /keeper +staging .* sandbox/);
    assert.equal((await plumb('staging', 'promote', 'keeper', ...say)).exit, 0);
    for (const [way, client] of Object.entries(clients)) {
      await remember(client, `${way}-second`);
      assert.match(heldBy(live), new RegExp(`${way}-second`));
    }
    assert.doesNotMatch(heldBy(copy), /second/);
    assert.equal((await plumb('staging', 'fall-back', 'keeper', ...say)).exit, 0);
    await remember(clients.http, 'http-third');
    assert.match(heldBy(copy), /http-third/);
    assert.doesNotMatch(heldBy(live), /third/);
    const shown = await plumb('staging', 'show', 'keeper');
    assert.match(shown.out, /keeper: fallen-back since .*\ncalls of mem.create_entities go to/);
    const again = await plumb('staging', 'promote', 'keeper', ...say);
    assert.match(again.err, /`fallen-back` is followed by nothing: restart it/);
    for (const client of Object.values(clients)) await client.close();
  });
});
