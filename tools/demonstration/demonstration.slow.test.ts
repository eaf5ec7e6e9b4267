import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';

import { runDemonstration } from './run-demonstration.ts';

test('start: the console is served on the recorded runs, and nothing is left behind', async () => {
  const { promise: until, resolve: end } = Promise.withResolvers<number>();
  const said: string[] = [];
  let folder = '';
  const say = (line: string): void => {
    said.push(line);
    if (!line.includes('#link=')) return;
    folder = dirname(/--data (\S+)/.exec(line)?.[1] ?? '');
    end(visit(/http:\S+/.exec(line)?.[0] ?? ''));
  };
  assert.equal(await runDemonstration({ port: 0, say, until }), 0);
  assert.match(said.join('\n'), /97 runs as sessions \(370 calls, \d+ of them refused\)/);
  assert.equal(await until, 200);
  assert.notEqual(folder, '');
  assert.equal(existsSync(folder), false);
});

async function visit(address: string): Promise<number> {
  return (await fetch(new URL('/healthz', address))).status;
}

test('start: it ends at once when it is told to before the runs are fed', async () => {
  const until = Promise.resolve();
  assert.equal(await runDemonstration({ port: 0, say: () => undefined, until }), 0);
});
