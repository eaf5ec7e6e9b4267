import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { readTranscripts } from './transcripts.ts';

const TIME = '2026-03-01T10:00:00.000Z';

function homeWith(
  t: TestContext,
  files: Readonly<Record<string, readonly object[] | string>>,
): string {
  const home = mkdtempSync(join(tmpdir(), 'plumb-transcripts-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  for (const [path, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    const text = typeof lines === 'string' ? lines : lines.map((l) => JSON.stringify(l)).join('\n');
    writeFileSync(join(home, path), text);
  }
  return home;
}

function read(home: string, since = 0): ReturnType<typeof readTranscripts> {
  return readTranscripts({ platform: 'linux', home, root: '/', environment: {} }, since);
}

const used = (id: string, name: string): object => ({
  type: 'assistant',
  timestamp: TIME,
  message: { role: 'assistant', content: [{ type: 'tool_use', id, name, input: { a: 'secret' } }] },
});
const ended = (id: string, content: string, isError = false): object => ({
  type: 'user',
  timestamp: TIME,
  message: { content: [{ type: 'tool_result', tool_use_id: id, content, is_error: isError }] },
});

test('transcripts: calls that ended are read from what each client writes', (t) => {
  verifies('fleet.bypass');
  const payload = (type: string, rest: object): object => ({
    timestamp: TIME,
    type: 'response_item',
    payload: { type, call_id: 'c1', ...rest },
  });
  const toolCalls = [
    { id: 'g1', name: 'write_file', status: 'success', timestamp: TIME, args: {} },
  ];
  const home = homeWith(t, {
    '.claude/projects/-w/a.jsonl': [used('t1', 'Bash'), ended('t1', 'fine')],
    '.claude/projects/-w/s/subagents/agent-1.jsonl': [used('t2', 'Read'), ended('t2', 'no', true)],
    '.codex/sessions/2026/03/01/rollout-x.jsonl': [
      payload('function_call', { name: 'exec_command', arguments: '{}' }),
      payload('function_call_output', { output: 'done' }),
    ],
    '.gemini/tmp/p/chats/session-1.json': JSON.stringify({
      messages: [{ type: 'gemini', toolCalls }],
    }),
  });
  const { calls, troubles } = read(home);
  assert.deepEqual(troubles, []);
  assert.deepEqual(
    calls.map(({ client, name, line, isError }) => [client, name, line, isError]),
    [
      ['claude-code', 'Bash', 1, false],
      ['claude-code', 'Read', 1, true],
      ['codex', 'exec_command', 1, false],
      ['gemini-cli', 'write_file', 1, false],
    ],
  );
  assert.doesNotMatch(JSON.stringify(calls), /secret/);
});

test('transcripts: what never ran, was refused, or is written again is no call more', (t) => {
  const refusal = 'plumbline refused this call: secrets stay where they are';
  const home = homeWith(t, {
    '.claude/projects/-w/a.jsonl': [
      used('t1', 'Bash'),
      used('t2', 'Bash'),
      ended('t2', refusal, true),
      used('t3', 'Write'),
      ended('t3', 'ok'),
      ended('t3', 'ok'),
    ],
  });
  assert.deepEqual(
    read(home).calls.map(({ name }) => name),
    ['Write'],
  );
});

test('transcripts: only what is recent is read, and what cannot be read is named', (t) => {
  const home = homeWith(t, {
    '.claude/projects/-w/a.jsonl': [used('t1', 'Bash'), ended('t1', 'fine')],
    '.claude/projects/-w/b.jsonl': 'x\ny\n{}\n',
  });
  const { calls, troubles } = read(home, Date.parse('2026-03-02'));
  assert.deepEqual(calls, []);
  assert.deepEqual(
    troubles.map(({ place, why }) => [place.slice(home.length), why]),
    [['/.claude/projects/-w/b.jsonl', 'has 2 lines that cannot be read']],
  );
});

test('transcripts: lines and links that lead nowhere hide no calls', (t) => {
  verifies('fleet.bypass');
  const lines = [used('c1', 'Bash'), ended('c1', 'x')].map((line) => JSON.stringify(line));
  const home = homeWith(t, {
    '.claude/projects/-w/b.jsonl': [...lines, '{', 'no'].join('\n'),
    '.claude/projects/-w/c.jsonl': [used('c2', 'Read'), ended('c2', 'x')],
    '.claude/projects/-w/d.jsonl': [{ ...used('c3', 'Write'), timestamp: 'soon' }],
  });
  symlinkSync('/nowhere', join(home, '.claude/projects/-w/a.jsonl'));
  const { calls, troubles } = read(home, 1);
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['Bash', 'Read'],
  );
  assert.deepEqual(
    troubles.map(({ place, why }) => `${place.replace(home, '')} ${why}`),
    [
      '/.claude/projects/-w/b.jsonl has 2 lines that cannot be read',
      '/.claude/projects/-w/d.jsonl has 1 lines that cannot be read',
    ],
  );
});

test('transcripts: two calls of one tool in one message are two', (t) => {
  const of = (id: string): object => ({ id, name: 'run', status: 'success', timestamp: TIME });
  const message = { type: 'gemini', timestamp: TIME, toolCalls: [of('g1'), of('g2')] };
  const home = homeWith(t, { '.gemini/tmp/h/chats/session-1.jsonl': [message, message] });
  assert.equal(read(home).calls.length, 2);
});
