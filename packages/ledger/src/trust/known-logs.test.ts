import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatVerifierKey } from '../note/verifier-key.ts';
import { formatKnownLogs, parseKnownLogs, rememberCheckpoint } from './known-logs.ts';

const { key } = makeSigner('log.example/a', 1);
const { key: successor } = makeSigner('log.example/a', 2);
const { key: elsewhere } = makeSigner('log.example/b', 3);
const root = new Uint8Array(32).fill(7);
const logs = [
  { key, size: 3, root },
  { key: elsewhere, size: 0, root },
];
const parse = (text: string): ReturnType<typeof parseKnownLogs> =>
  parseKnownLogs(nodePrimitives.sha256, encodeUtf8(text));

test('known logs: written and read back', () => {
  const text = formatKnownLogs(logs);
  assert.equal(
    text.split('\n')[0],
    `log ${formatVerifierKey(key)} 3 BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=`,
  );
  assert.deepEqual(parse(`# mine\n\n${text}`), { ok: true, value: logs });
  assert.deepEqual(parse(''), { ok: true, value: [] });
});

test('known logs: a line that is not one is refused, never skipped', () => {
  const [line = ''] = formatKnownLogs(logs).split('\n');
  const witness = makeSigner('log.example/a', 1, 'cosignature');
  const bad = [
    `${line}\n${line}\n`,
    line,
    `${line} more\n`,
    `${line.replace(' 3 ', ' 03 ')}\n`,
    `${line.replace('c=', '=')}\n`,
    `${line.replace('log ', 'logs ')}\n`,
    `${line.replace(formatVerifierKey(key), formatVerifierKey(witness.key))}\n`,
  ];
  for (const text of bad) assert.ok(!parse(text).ok, text);
});

test('known logs: a log only ever moves on, under the key that signed last', () => {
  const later = { origin: 'log.example/a', size: 5, root };
  assert.deepEqual(rememberCheckpoint(logs, successor, later), [
    { key: successor, size: 5, root },
    logs[1],
  ]);
  assert.deepEqual(rememberCheckpoint(logs, key, { ...later, size: 2 }), logs);
  assert.deepEqual(rememberCheckpoint([], key, later), [{ key, size: 5, root }]);
});
