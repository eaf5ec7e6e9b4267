import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import {
  Client,
  type ClientCapabilities,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { Client as EarlierClient } from '@modelcontextprotocol/sdk/client/index.js';
import * as earlier from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { verifies } from '@plumbline/testkit';

import { armGateway, ownDaemon, publishedServer } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-mcp-')));
const files = join(folder, 'files');

const server = (name: string, ...rest: readonly string[]) => ({
  command: publishedServer(name, ...rest),
});

const served = {
  'files-agent': {
    servers: { fs: server('server-filesystem', files), all: server('server-everything') },
    session: { principal: 'ada' },
  },
};

const environment = ownDaemon(folder, {
  PLUMBLINE_MCP: JSON.stringify(served),
});

const PACT = `
pact: plumbline/v1
agent: files-agent
purpose: Read the files of one folder.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  fs.read_text_file: { effect: read, trust: untrusted }
  all.echo: { effect: read }
  all.trigger-long-running-operation: { effect: read }
  all.trigger-sampling-request: { effect: read }
  all.sampling.createMessage: { effect: send }
  all.resources.read: { effect: read }
allow:
  - { id: read, tool: [fs.read_text_file, all.resources.read] }
  - { id: all, tool: [all.echo, all.trigger-long-running-operation, all.trigger-sampling-request] }
  - { id: ask, tool: all.sampling.createMessage }
exclude:
  - id: secrets
    tool: fs.read_text_file
    when: 'args.path.contains("secret")'
    say: secrets stay where they are
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

describe('mcp over http', () => {
  let url = '';
  let key = '';

  before(async () => {
    mkdirSync(files);
    writeFileSync(join(files, 'hello.txt'), 'hello\n');
    ({ url, key } = await armGateway(environment, { folder, agent: 'files-agent', pact: PACT }));
  });

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  const address = (): URL => new URL(url);
  const requestInit = (): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });

  async function current(
    mode: 'legacy' | 'auto',
    capabilities: ClientCapabilities = {},
  ): Promise<Client> {
    const options = { versionNegotiation: { mode }, capabilities };
    const client = new Client({ name: 'peer', version: '1' }, options);
    const sent = { requestInit: requestInit() };
    await client.connect(new StreamableHTTPClientTransport(address(), sent));
    return client;
  }

  for (const mode of ['legacy', 'auto'] as const) {
    test(`mcp http: the current client is governed, ${mode}`, async () => {
      verifies('enforce.every-path', 'enforce.hard-block');
      const client = await current(mode);
      const revision = client.getNegotiatedProtocolVersion();
      assert.equal(revision, mode === 'auto' ? '2026-07-28' : '2025-11-25');
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === 'fs__read_text_file'));
      assert.ok(!tools.some(({ name }) => name === 'fs__write_file'));
      const call = async (path: string): Promise<string> => {
        const asked = { name: 'fs__read_text_file', arguments: { path: join(files, path) } };
        return JSON.stringify(await client.callTool(asked));
      };
      assert.match(await call('hello.txt'), /hello/);
      assert.match(await call('secret.txt'), /secrets stay where they are/);
      const uri = 'demo://resource/dynamic/text/1';
      assert.equal((await client.readResource({ uri })).contents.length, 1);
      await client.close();
    });
  }

  test('mcp http: progress and what a server asks of the client reach it', async () => {
    const capabilities = { sampling: {} };
    const client = new EarlierClient({ name: 'peer', version: '1' }, { capabilities });
    const asked: string[] = [];
    client.setRequestHandler(CreateMessageRequestSchema, async ({ params }) => {
      asked.push(JSON.stringify(params.messages));
      return { role: 'assistant', model: 'm', content: { type: 'text', text: 'forty-two' } };
    });
    const options = { requestInit: requestInit() };
    await client.connect(new earlier.StreamableHTTPClientTransport(address(), options));
    const steps: number[] = [];
    const long = { name: 'all__trigger-long-running-operation', arguments: LONG };
    await client.callTool(long, undefined, { onprogress: ({ progress }) => steps.push(progress) });
    assert.ok(steps.length >= 2, `${steps.length} steps`);
    const sampling = { prompt: 'the answer?', maxTokens: 10 };
    const told = { name: 'all__trigger-sampling-request', arguments: sampling };
    assert.match(JSON.stringify(await client.callTool(told)), /forty-two/);
    assert.match(asked.join(''), /the answer\?/);
    await client.close();
  });

  test('mcp http: what a server with a handshake asks reaches a client without one', async () => {
    verifies('enforce.every-path');
    const asked: string[] = [];
    const client = await current('auto', { sampling: {} });
    client.setRequestHandler('sampling/createMessage', async ({ params }) => {
      asked.push(JSON.stringify(params.messages));
      return { role: 'assistant', model: 'm', content: { type: 'text', text: 'forty-two' } };
    });
    const sampling = { prompt: 'the answer?', maxTokens: 10 };
    const told = { name: 'all__trigger-sampling-request', arguments: sampling };
    assert.match(JSON.stringify(await client.callTool(told)), /forty-two/);
    assert.match(asked.join(''), /the answer\?/);
    await client.close();
  });

  test('mcp http: without a good key nothing is said, and an unknown session is gone', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const bare = await fetch(url, { method: 'POST', headers, body });
    assert.equal(bare.status, 401);
    const unknown = { ...headers, authorization: `Bearer ${key}`, 'mcp-session-id': 'x' };
    assert.equal((await fetch(url, { method: 'POST', headers: unknown, body })).status, 404);
    const verified = await plumb('verify', '--json');
    assert.doesNotMatch(verified.out, /"mismatch":[1-9]/);
  });
});

const LONG = { duration: 1, steps: 4 };
