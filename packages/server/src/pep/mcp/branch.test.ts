import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Branch, wholeList } from './branch.ts';
import type { Enforcement } from './enforcement.ts';
import type { OpenUpstream } from './upstream.ts';

const DONE = { ok: true, value: null } as const;
const AWAY = { ok: false, code: 'unavailable', message: 'away' } as const;

const ENFORCEMENT: Enforcement = {
  decide: async () => AWAY,
  forward: async () => AWAY,
  report: async () => DONE,
  isWaiting: async () => true,
  offer: async () => ({ ok: true, value: { tools: [], usable: ['one.prompts.get'] } }),
  refused: async () => DONE,
  untrusted: async () => DONE,
};

/** A server that shakes hands and answers nothing else. */
function hanging(heard: string[]): OpenUpstream {
  return ({ line }) => ({
    send: (bytes) => {
      // What the gateway sends is JSON.
      const { id, method } = JSON.parse(bytes.toString('utf8')) as { id?: string; method: string };
      heard.push(method);
      const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: {} };
      const said = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result }));
      if (method === 'initialize') queueMicrotask(() => line(said));
    },
    close: async () => undefined,
  });
}

test('mcp branch: a list that a server never answers ends, and the server is told', async () => {
  const heard: string[] = [];
  const branch = new Branch({
    namespace: 'one',
    open: hanging(heard),
    isPlain: false,
    isRemote: false,
    isBare: false,
    bounds: { callMs: 20 },
    enforcement: ENFORCEMENT,
    listener: {
      notified: () => undefined,
      asked: async () => ({ kind: 'result', result: {} }),
      note: () => undefined,
    },
  });
  assert.equal(await branch.start('legacy', {}), true);
  for (const [method, name] of [
    ['tools/list', 'tools'],
    ['prompts/list', 'prompts'],
  ] as const) {
    assert.deepEqual(await wholeList(branch, { method, name, params: {} }), []);
    assert.deepEqual(heard.splice(-2), [method, 'notifications/cancelled']);
  }
  await branch.close();
});
