import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { ConfiguredServer } from '../machine/configured-server.ts';
import { askTools } from './ask-tools.ts';

const SERVER = `
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') {
    console.log('listening');
    console.log(JSON.stringify({ jsonrpc: '2.0', id: 'r', method: 'roots/list' }));
    say(id, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} });
  }
  if (method !== 'tools/list') return;
  const name = process.env.NAME + (params.cursor ?? '');
  say(id, { tools: [{ name }], ...(params.cursor === undefined && { nextCursor: '2' }) });
});`;

function serverOf(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const key = { start: 0, isDotted: false, hasBraces: true };
  const slots = { command: null, words: null, wordsStart: null, isOdd: false, key };
  return {
    client: 'c',
    name: 's',
    path: '/f',
    line: 1,
    file: { base: 'home', format: 'json' },
    project: null,
    isEnabled: true,
    reach: { kind: 'stdio', words, folder: null, wrapped: null, slots },
    environment,
  } as const satisfies ConfiguredServer;
}

const ask = (server: ConfiguredServer, timeoutMs = 10_000): ReturnType<typeof askTools> =>
  askTools(server, { timeoutMs, environment: { PATH: process.env['PATH'], NAME: 'outer' } });

test('ask: a server is asked with its own environment, page by page, and ends then', async () => {
  verifies('fleet.inventory');
  const asked = await ask(serverOf([process.execPath, '-e', SERVER], { NAME: '${NAME}-own' }));
  assert.deepEqual(asked, { ok: true, tools: [{ name: 'outer-own' }, { name: 'outer-own2' }] });
});

test('ask: a server that dies, says nothing or is not there is told as that', async () => {
  const why = async (words: readonly string[], timeoutMs = 10_000): Promise<string> => {
    const asked = await ask(serverOf(words), timeoutMs);
    return asked.ok ? 'answered' : asked.why;
  };
  assert.equal(
    await why([process.execPath, '-e', 'process.exit(3)']),
    'ended before it answered (3)',
  );
  assert.match(await why(['/no/such/program']), /^ended before it answered \(spawn .* ENOENT\)$/);
  const silent = [process.execPath, '-e', 'process.stdin.resume()'];
  assert.equal(await why(silent, 100), 'did not answer within 0.1 seconds');
  assert.equal(
    await why(['x', '${input:key}']),
    'needs `${input:key}`, which only its client can put in',
  );
});
