import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { ConfiguredServer } from './configured-server.ts';
import { readPrograms, type RunningProgram, runningAround } from './processes.ts';
import { wrappedIn } from './wrapper.ts';

function serverOf(words: readonly string[]): ConfiguredServer {
  const key = { start: 0, isDotted: false, hasBraces: true };
  const slots = { command: null, words: null, wordsStart: null, isOdd: false, key };
  const reach = { kind: 'stdio', words, folder: null, wrapped: wrappedIn(words), slots } as const;
  return {
    client: 'cursor',
    name: 's',
    path: '/f',
    line: 1,
    file: { base: 'home', format: 'json' },
    project: null,
    isEnabled: true,
    reach,
    environment: {},
  };
}

const program = (pid: number, parent: number, line: string): RunningProgram => ({
  pid,
  parent,
  words: line.split(' '),
  startedAtMs: null,
});

const found = (words: string, programs: readonly RunningProgram[], daemon = 0): readonly number[] =>
  runningAround([serverOf(words.split(' '))], programs, new Set([daemon])).map(
    ({ program: { pid } }) => pid,
  );

test('bypass: a server that no gateway started is found as the program its client started', () => {
  verifies('fleet.bypass');
  const npx = [
    program(1, 0, 'cursor'),
    program(2, 1, 'npm exec @x/files /tmp'),
    program(3, 2, 'sh -c files /tmp'),
    program(4, 3, 'node /n/.bin/files /tmp'),
  ];
  assert.deepEqual(found('npx -y @x/files /tmp', npx), [2]);
  assert.deepEqual(found('npx -y @x/files /home', npx), []);
  assert.deepEqual(found('files /tmp', [program(4, 1, 'node /n/.bin/files /tmp')]), [4]);
  assert.deepEqual(found('node /x/server.js', [program(4, 1, 'vim /x/server.js')]), []);
});

test('bypass: what a gateway or the daemon started is none, however it is configured', () => {
  const below = [
    program(1, 0, 'plumb mcp --agent a --prefix s. -- npx -y @x/files /tmp'),
    program(2, 1, 'npm exec @x/files /tmp'),
  ];
  assert.deepEqual(found('npx -y @x/files /tmp', below), []);
  assert.deepEqual(found('plumb mcp --agent a -- npx -y @x/files /tmp', below), []);
  assert.deepEqual(found('npx @x/files /tmp', [program(2, 7, 'npm exec @x/files /tmp')], 2), []);
  const other = [program(2, 0, 'npm exec @x/files /tmp')];
  assert.deepEqual(found('plumb mcp --agent a -- npx -y @x/files /tmp', other), [2]);
});

test('bypass: programs that run are read as they are', async (t: TestContext) => {
  if (process.platform !== 'linux') return t.skip('only Linux shows programs as files');
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', 'word']);
  t.after(() => child.kill());
  await new Promise((resolve) => child.once('spawn', resolve));
  const programs = readPrograms('/proc') ?? [];
  const own = programs.find(({ pid }) => pid === child.pid);
  assert.equal(own?.parent, process.pid);
  assert.equal(own.words.at(-1), 'word');
  assert.equal(readPrograms('/no/such/folder'), null);
});
