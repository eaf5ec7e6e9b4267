import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { formatNote, parseNote } from '../note/note.ts';
import { signText } from '../note/signature.ts';
import { formatVerifierKey } from '../note/verifier-key.ts';
import { isHandover, keyInForce, type PlacedEntry, signHandover, traceKeys } from './handover.ts';

const first = makeSigner('log.example/a', 1);
const second = makeSigner('log.example/a', 2);
const third = makeSigner('log.example/a', 3);

async function codeOf(entries: readonly PlacedEntry[]): Promise<string> {
  const traced = await traceKeys(nodePrimitives, first.key, entries);
  return traced.ok ? 'ok' : traced.error.code;
}

test('hand-over: the keys of a log follow one another, each from its entry on', async () => {
  const entries = [
    { index: 10, entry: await signHandover(first, second) },
    { index: 20, entry: await signHandover(second, third) },
  ];
  const periods = await traceKeys(nodePrimitives, first.key, entries);
  assert.ok(periods.ok);
  assert.equal(keyInForce(periods.value, 0), first.key);
  assert.equal(keyInForce(periods.value, 10), first.key);
  assert.deepEqual(keyInForce(periods.value, 11), second.key);
  assert.deepEqual(keyInForce(periods.value, 20), second.key);
  assert.deepEqual(keyInForce(periods.value, 21), third.key);
});

test('hand-over: an entry says that it is one', async () => {
  const entry = await signHandover(first, second);
  assert.match(decodeUtf8(entry) ?? '', /^plumbline-key-handover\/v1\nlog.example\/a\+/);
  assert.ok(isHandover(entry));
  assert.ok(!isHandover(encodeUtf8('{"kind":"heartbeat"}')));
  assert.ok(!isHandover(entry.slice(0, 20)));
});

test('hand-over: only the key in force hands over, once, and never back', async () => {
  const one = { index: 10, entry: await signHandover(first, second) };
  const bad: readonly (readonly PlacedEntry[])[] = [
    [{ index: 5, entry: await signHandover(second, third) }],
    [one, { index: 12, entry: await signHandover(first, third) }],
    [one, { ...one, index: 11 }],
    [one, { index: 12, entry: await signHandover(second, first) }],
    [one, { index: 10, entry: await signHandover(second, third) }],
    [one, { index: 3, entry: await signHandover(second, third) }],
  ];
  for (const entries of bad) assert.equal(await codeOf(entries), 'mismatch');
  const elsewhere = makeSigner('log.example/b', 4);
  await assert.rejects(signHandover(first, elsewhere));
  await assert.rejects(signHandover(first, first));
});

test('hand-over: a key of another log cannot succeed, though both sign', async () => {
  const elsewhere = makeSigner('log.example/b', 4);
  const keys = [first, elsewhere].map(({ key }) => `${formatVerifierKey(key)}\n`);
  const text = `plumbline-key-handover/v1\n${keys.join('')}`;
  const signatures = [await signText(first, text), await signText(elsewhere, text)];
  const entry = encodeUtf8(formatNote({ text, signatures }));
  assert.equal(await codeOf([{ index: 10, entry }]), 'mismatch');
});

test('hand-over: both keys must sign', async () => {
  const entry = await signHandover(first, second);
  const note = parseNote(entry);
  assert.ok(note.ok);
  const { text, signatures } = note.value;
  for (const kept of [signatures.slice(0, 1), signatures.slice(1)]) {
    const alone = encodeUtf8(formatNote({ text, signatures: kept }));
    assert.equal(await codeOf([{ index: 10, entry: alone }]), 'missing');
  }
});
