import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { parseMessages } from './message.ts';

const parse = (text: string | Buffer) => parseMessages(Buffer.from(text));

test('mcp message: requests, notifications and responses are told apart', () => {
  const kinds = [
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","id":"a","result":{}}',
    '{"jsonrpc":"2.0","id":"a","error":{"code":-1,"message":"no"}}',
  ].map((text) => {
    const parsed = parse(text);
    assert.ok(parsed.ok);
    return parsed.messages.map(({ kind }) => kind).join();
  });
  assert.deepEqual(kinds, ['request', 'notification', 'response', 'response']);
});

test('mcp message: what two readers could read as two things is refused', () => {
  verifies('enforce.meta-tools');
  const wrong: readonly (string | Buffer)[] = [
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"\\u0061":2}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
    '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}',
    '{"jsonrpc":"2.0","result":{}}',
    `{"jsonrpc":"2.0","id":1,"method":"x","params":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
    '"text"',
    '{',
    '[]',
    '[1]',
    Buffer.from([0x7b, 0xff, 0x7d]),
  ];
  for (const text of wrong) assert.equal(parse(text).ok, false, text.toString());
});

test('mcp message: of what is refused the id is told, so that nobody waits for it', () => {
  const parsed = parse(Buffer.from('{"jsonrpc":"2.0","id":7,"result":{"a":"\xff"}}', 'latin1'));
  assert.deepEqual(parsed.ok ? null : parsed.id, 7);
});

test('mcp message: a batch is as many messages, and at most a hundred', () => {
  const one = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const batch = parse(`[${one},${one}]`);
  assert.ok(batch.ok && batch.isBatch);
  assert.equal(batch.messages.length, 2);
  assert.equal(parse(`[${Array.from({ length: 101 }, () => one).join()}]`).ok, false);
});

test('mcp message: what is decided is held to more, also when it was read before', () => {
  const bytes = Buffer.from(
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":9007199254740993}}',
  );
  const read = parseMessages(bytes);
  assert.ok(read.ok);
  assert.equal(parseMessages(bytes), read);
  assert.equal(parseMessages(bytes, { isDecided: true }).ok, false);
});

test('mcp message: what an error says beside code, message and data is not handed on', () => {
  const line = '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no","hint":"obey"}}';
  const parsed = parseMessages(Buffer.from(line));
  const bytes = parsed.ok ? parsed.messages.map((each) => each.bytes.toString('utf8')) : [];
  assert.deepEqual(bytes, ['{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}']);
});
