import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';
import { createColors } from 'picocolors';

import type { Shell } from '../shell.ts';
import { progressOf } from './halt-lines.ts';
import { watchHalt } from './watch-halt.ts';

const gateway = { agent: 'banking', lease: 'lse_1', name: 'gateway' };
const revoke = { execution: 'exe_1', agent: 'banking', executor: 'revoke-idp', holder: 'daemon' };
const running = { ...revoke, state: 'running', startedAt: 1, ms: null, tries: 0, why: null };
const latched = {
  halt: 'hlt_1',
  state: 'latched',
  effectiveMs: null,
  waitingFor: [gateway],
  acknowledged: [],
  ranOut: [],
  inFlight: [],
  executors: [running],
  revision: 3,
};
const effective = {
  ...latched,
  state: 'effective',
  effectiveMs: 11.2,
  waitingFor: [],
  acknowledged: [{ ...gateway, at: 1, ms: 3.2 }],
  revision: 5,
};
const again = { ...running, tries: 1, why: 'it answered 500' };
const VIEWS: readonly JsonObject[] = [
  latched,
  effective,
  // What is held for longer than anything happens is answered as it was.
  effective,
  { ...effective, executors: [again], revision: 6 },
  { ...effective, executors: [{ ...again, state: 'failed', ms: 61_000.4 }], revision: 7 },
];

async function watched(
  of: Partial<Pick<Shell['screen'], 'isTerminal'>> & { readonly json?: boolean },
): Promise<{ said: string; noted: string; asked: readonly string[]; exits: readonly number[] }> {
  const [said, noted, asked, exits]: [string[], string[], string[], number[]] = [[], [], [], []];
  const shell: Shell = {
    screen: {
      isTerminal: of.isTerminal === true,
      columns: 40,
      colors: createColors(false),
      print: (text) => said.push(`${text}\n`),
      json: (value) => said.push(JSON.stringify(value)),
      note: (text) => noted.push(text),
    },
    program: 'plumb',
    nowMs: () => 0,
    wallMs: () => 0,
    environment: {},
    exit: (code) => exits.push(code),
  };
  const get = async (path: string): Promise<JsonObject> => {
    asked.push(path);
    return VIEWS[asked.length - 1] ?? assert.fail('nothing more is asked');
  };
  await watchHalt({ daemon: { get }, halt: 'hlt_1', shell, json: of.json === true });
  return { said: said.join(''), noted: noted.join(''), asked, exits };
}

test('plumb halts: each thing a halt ends is a line whenever it changed', async () => {
  verifies('human.halt-infrastructure');
  const { said, asked, exits } = await watched({});
  assert.equal(
    said,
    `gateway of banking: waited for
revoke-idp of banking (daemon): running
gateway of banking: acknowledged after 4 ms
revoke-idp of banking (daemon): running, tried again 1 times: it answered 500
revoke-idp of banking (daemon): failed in 61001 ms, tried again 1 times: it answered 500
effective in 12 ms: 1 enforcement points acknowledged it, 0 leases ran out
1 of 1 other ends failed
`,
  );
  assert.deepEqual(asked, [
    '/api/v1/halts/hlt_1',
    '/api/v1/halts/hlt_1?waitMs=30000&after=3',
    '/api/v1/halts/hlt_1?waitMs=30000&after=5',
    '/api/v1/halts/hlt_1?waitMs=30000&after=5',
    '/api/v1/halts/hlt_1?waitMs=30000&after=6',
  ]);
  assert.deepEqual(exits, [1], 'something could not be ended');
});

test('plumb halts: with --json each change is a line that holds the whole view', async () => {
  const { said } = await watched({ json: true });
  const revisions = said
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).revision);
  assert.deepEqual(revisions, [3, 5, 6, 7]);
});

test('plumb halts: on a terminal the lines are drawn again, none wider than it', async () => {
  const { said, noted } = await watched({ isTerminal: true });
  const drawings = noted.split('\u001b[J');
  assert.equal(
    drawings[1],
    'gateway of banking: waited for, 0.0 s\nrevoke-idp of banking (daemon): running\n\u001b[2A\r',
  );
  assert.ok(drawings.every((drawing) => drawing.split('\n').every((line) => line.length < 40)));
  assert.match(
    drawings.at(-1) ?? '',
    /: acknowledged after \nrevoke-idp of banking \(daemon\): failed \n$/,
  );
  assert.match(said, /^effective in 12 ms/);
});

test('plumb halts: what is effective says what it still ends beside calls', () => {
  assert.equal(
    progressOf(effective),
    `effective in 12 ms: 1 enforcement points acknowledged it, 0 leases ran out
1 of 1 other ends go on: plumb halts show hlt_1 --watch`,
  );
});
