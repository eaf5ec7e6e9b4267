import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { verifies } from '@plumbline/testkit';

import { armGateway, ownDaemon, publishedServer } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-tasks-')));
const server = publishedServer('server-everything');
const served = {
  researcher: { servers: { all: { command: server } }, session: { principal: 'ada' } },
};
const environment = ownDaemon(folder, {
  PLUMBLINE_MCP: JSON.stringify(served),
});

const PACT = `
pact: plumbline/v1
agent: researcher
purpose: Look things up.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  all.simulate-research-query: { effect: read }
  all.elicitation.create: { effect: send }
allow:
  - { id: look, tool: all.simulate-research-query, when: 'args.topic != "secrets"' }
  - { id: ask, tool: all.elicitation.create }
`;

const MAIN = join(import.meta.dirname, '../main.ts');

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

type Way = 'stdio' | 'http';
const TOOLS = {
  stdio: 'simulate-research-query',
  http: 'all__simulate-research-query',
} as const;

describe('mcp tasks', () => {
  let url = '';
  let key = '';

  before(async () => {
    ({ url, key } = await armGateway(environment, { folder, agent: 'researcher', pact: PACT }));
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  function transport(way: Way): Transport {
    if (way === 'http') {
      const requestInit = { headers: { authorization: `Bearer ${key}` } };
      return new StreamableHTTPClientTransport(new URL(url), { requestInit });
    }
    const args = ['--conditions=plumbline-source', MAIN, 'mcp', '--agent', 'researcher'];
    const wrapped = [...args, '--prefix', 'all.', '--principal', 'ada', '--', ...server];
    return new StdioClientTransport({
      command: process.execPath,
      args: wrapped,
      env: environment,
      stderr: 'ignore',
    });
  }

  const clients: Client[] = [];

  async function connect(way: Way): Promise<Client> {
    const capabilities = { elicitation: { form: {} } };
    const client = new Client({ name: 'peer', version: '1' }, { capabilities });
    client.setRequestHandler(ElicitRequestSchema, async () => {
      return { action: 'accept', content: { interpretation: 'snake' } };
    });
    clients.push(client);
    await client.connect(transport(way));
    await client.listTools();
    return client;
  }

  async function begin(client: Client, way: Way, args: Record<string, unknown>): Promise<string> {
    const call = { name: TOOLS[way], arguments: args };
    const stream = client.experimental.tasks.callToolStream(call, CallToolResultSchema, {
      task: { ttl: 60_000 },
    });
    for await (const message of stream) {
      if (message.type === 'taskCreated') return message.task.taskId;
      assert.equal(message.type, 'taskCreated', JSON.stringify(message));
    }
    return '';
  }

  for (const way of ['stdio', 'http'] as const) {
    test(`mcp tasks: a call runs as a task and asks its question, ${way}`, async () => {
      verifies('enforce.every-path');
      const client = await connect(way);
      const call = { name: TOOLS[way], arguments: { topic: 'python', ambiguous: true } };
      const stream = client.experimental.tasks.callToolStream(call, CallToolResultSchema, {
        task: { ttl: 60_000 },
      });
      const seen: string[] = [];
      let text = '';
      for await (const message of stream) {
        seen.push(message.type);
        if (message.type === 'result') text = JSON.stringify(message.result);
      }
      assert.deepEqual([seen[0], seen.at(-1)], ['taskCreated', 'result']);
      assert.match(text, /Clarification\*\*: snake/);
    });

    test(`mcp tasks: one that is halted is cancelled, its result withheld, ${way}`, async () => {
      verifies('human.halt');
      const client = await connect(way);
      const taskId = await begin(client, way, { topic: 'sea' });
      assert.equal((await client.experimental.tasks.getTask(taskId)).status, 'working');
      const { tasks } = await client.experimental.tasks.listTasks();
      assert.deepEqual(
        tasks.map((each) => each.taskId),
        [taskId],
      );
      const waiting = client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema);
      const withheld = assert.rejects(waiting, /stopped by a halt/);
      const halted = await plumb('halt', 'researcher', '--reason', 'enough');
      assert.equal(halted.exit, 0, halted.err);
      await withheld;
      await assert.rejects(client.experimental.tasks.getTask(taskId), /stopped by a halt/);
      assert.equal((await plumb('resume', 'researcher', '--reason', 'looked')).exit, 0);
    });

    test(`mcp tasks: a refused call is none, others’ are unknown, ${way}`, async () => {
      verifies('enforce.hard-block');
      const client = await connect(way);
      const other = await connect(way);
      const taskId = await begin(other, way, { topic: 'sky' });
      await assert.rejects(client.experimental.tasks.getTask(taskId), /no such task/);
      assert.deepEqual((await client.experimental.tasks.listTasks()).tasks, []);
      await assert.rejects(begin(client, way, { topic: 'secrets' }));
      const cancelled = await other.experimental.tasks.cancelTask(taskId);
      assert.equal(cancelled.status, 'cancelled');
    });
  }

  test('mcp tasks: the record holds what ran, and is whole', async () => {
    const verified = await plumb('verify', '--json');
    assert.doesNotMatch(verified.out, /"mismatch":[1-9]/);
  });
});
