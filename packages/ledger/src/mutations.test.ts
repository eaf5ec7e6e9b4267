import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { type LogFiles, makeEntries, sourceOf, writeLog } from '../testing/memory-log.ts';
import { makeSigner, nodePrimitives } from '../testing/node-primitives.ts';
import { encodeUtf8 } from './bytes.ts';
import { openCheckpoint, readCheckpoint } from './note/checkpoint.ts';
import { standing } from './trust/ladder.ts';
import { type Anchor, verifyLog } from './tree/verify-log.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/a', 1);
const entries = makeEntries(600);
const honest = await writeLog(sha256, signer, entries);

/** What a verifier finds who knows the key, and perhaps a checkpoint of an earlier visit. */
async function judge(files: LogFiles, anchors: readonly Anchor[]): Promise<string> {
  const bytes = files.get('checkpoint') ?? new Uint8Array(0);
  const opened = await openCheckpoint(nodePrimitives, bytes, signer.key);
  if (!opened.ok) return opened.error.code;
  const { checkpoint } = opened.value;
  const verified = await verifyLog(sha256, { source: sourceOf(files), checkpoint, anchors });
  if (!verified.ok) return verified.error.code;
  const isAnchored = anchors.length > 0;
  return standing({ isSigned: true, isAnchored, isTimestamped: false, hasQuorum: false }).rung;
}

async function anchorAt(size: number): Promise<Anchor> {
  const { root } = await writeLog(sha256, signer, entries.slice(0, size));
  return { size, root };
}

function changed(change: (files: LogFiles) => void): LogFiles {
  const files: LogFiles = new Map(honest.files);
  change(files);
  assert.notDeepEqual(files, honest.files);
  return files;
}

function bytesOf(path: string): Uint8Array {
  const bytes = honest.files.get(path);
  assert.ok(bytes, path);
  return bytes;
}

test('mutations: the untouched log passes, and stands on its anchor', async () => {
  assert.equal(await judge(honest.files, []), 'SIGNED, UNANCHORED');
  assert.equal(await judge(honest.files, [await anchorAt(400)]), 'ANCHORED');
});

test('mutations: any flipped bit in any file of a small log is caught', async () => {
  verifies('evidence.tlog');
  const small = await writeLog(sha256, signer, makeEntries(5));
  let count = 0;
  for (const [path, bytes] of small.files) {
    for (let bit = 0; bit < bytes.length * 8; bit += 1, count += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const files = new Map([...small.files, [path, flipped]]);
      assert.match(await judge(files, []), /^(malformed|missing|mismatch|bad-signature)$/);
    }
  }
  assert.equal(count, 3_024);
});

test('mutations: flipped bits all over a log of several tiles are caught', async () => {
  let count = 0;
  for (const [path, bytes] of honest.files) {
    for (let at = 0; at < bytes.length; at += 61, count += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at & 7));
      const code = await judge(new Map([...honest.files, [path, flipped]]), []);
      assert.match(code, /^(malformed|missing|mismatch|bad-signature)$/, `${path}: byte ${at}`);
    }
  }
  assert.equal(count, 430);
});

test('mutations: any file cut, lengthened, emptied or lost is caught', async () => {
  verifies('evidence.tlog');
  for (const [path, bytes] of honest.files) {
    const variants = [
      bytes.slice(0, -1),
      bytes.slice(1),
      bytes.slice(0, bytes.length / 2),
      bytes.slice(0, -32),
      new Uint8Array(0),
      Uint8Array.of(...bytes, 0),
      Uint8Array.of(...bytes, ...bytes.slice(-32)),
      Uint8Array.of(...bytes, ...bytes),
      undefined,
    ];
    for (const variant of variants) {
      const files = changed((all) => {
        if (variant === undefined) all.delete(path);
        else all.set(path, variant);
      });
      const code = await judge(files, []);
      assert.match(code, /^(malformed|missing|mismatch|bad-signature)$/, `${path}: ${code}`);
    }
  }
});

test('mutations: files in another order, twice, or from another log are caught', async () => {
  verifies('evidence.tlog');
  const other = await writeLog(sha256, signer, makeEntries(600, '!'));
  const paths = ['tile/entries/000', 'tile/entries/001', 'tile/0/000', 'tile/0/001'];
  const [first = '', second = '', third = '', fourth = ''] = paths;
  const mutants: readonly ((files: LogFiles) => void)[] = [
    (files) => void files.set(first, bytesOf(second)).set(second, bytesOf(first)),
    (files) => void files.set(third, bytesOf(fourth)).set(fourth, bytesOf(third)),
    (files) => void files.set(second, bytesOf(first)),
    (files) => void files.set(fourth, bytesOf(third)),
    ...Array.from(other.files.keys(), (path) => (files: LogFiles): void => {
      files.set(path, other.files.get(path) ?? new Uint8Array(0));
    }),
  ];
  for (const [at, mutant] of mutants.entries()) {
    assert.match(await judge(changed(mutant), []), /^(mismatch|malformed)$/, `mutant ${at}`);
  }
});

/** What someone with the log's key can do: write another history, whole and signed. */
const rewritten: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['an entry edited', entries.with(100, encodeUtf8('entry 100, as it should have been'))],
  ['the first entry edited', entries.with(0, encodeUtf8('entry zero'))],
  ['one bit of an entry', entries.with(399, encodeUtf8('entry 398'))],
  ['an entry dropped', entries.toSpliced(100, 1)],
  ['an entry doubled', entries.toSpliced(100, 0, encodeUtf8('entry 100'))],
  ['an entry put in', entries.toSpliced(0, 0, encodeUtf8('before all'))],
  [
    'two entries swapped',
    entries.toSpliced(100, 2, encodeUtf8('entry 101'), encodeUtf8('entry 100')),
  ],
  [
    'two bundles swapped',
    [...entries.slice(256, 512), ...entries.slice(0, 256), ...entries.slice(512)],
  ],
  ['another log spliced in', [...entries.slice(0, 399), ...makeEntries(600, '!').slice(399)]],
  ['everything else', makeEntries(600, '!')],
];

test('mutations: one checkpoint out of reach catches a re-signed history', async () => {
  verifies('evidence.tlog');
  const anchors = [await anchorAt(400)];
  for (const [name, history] of rewritten) {
    const { files } = await writeLog(sha256, signer, history);
    assert.equal(await judge(files, anchors), 'forked', name);
  }
});

test('mutations: truncation, rollback and a stale backup are caught by it too', async () => {
  verifies('evidence.tlog');
  const anchors = [await anchorAt(400)];
  for (const size of [0, 1, 256, 399]) {
    const { files } = await writeLog(sha256, signer, entries.slice(0, size));
    assert.equal(await judge(files, anchors), 'rolled-back', `size ${size}`);
  }
});

test('mutations: without one a re-signed history passes, and is called unanchored', async () => {
  for (const [name, history] of rewritten) {
    const { files } = await writeLog(sha256, signer, history);
    assert.equal(await judge(files, []), 'SIGNED, UNANCHORED', name);
  }
});

test('mutations: what happened after the last anchor is bound by the signature alone', async () => {
  const { files } = await writeLog(sha256, signer, entries.with(401, encodeUtf8('other')));
  assert.equal(await judge(files, [await anchorAt(400)]), 'ANCHORED');
  assert.equal(await judge(files, [await anchorAt(402)]), 'forked');
});

test('mutations: a history signed with another key of the same name is nobody’s', async () => {
  const thief = makeSigner('log.example/a', 9);
  const { files } = await writeLog(sha256, thief, entries);
  assert.equal(await judge(files, [await anchorAt(400)]), 'missing');
});

test('mutations: the old checkpoint under new files, and the new one over old files', async () => {
  const old = await writeLog(sha256, signer, entries.slice(0, 500));
  const stale = changed((files) =>
    files.set('checkpoint', old.files.get('checkpoint') ?? Uint8Array.of()),
  );
  assert.equal(await judge(stale, [await anchorAt(600)]), 'rolled-back');
  const ahead: LogFiles = new Map(old.files).set('checkpoint', bytesOf('checkpoint'));
  assert.equal(await judge(ahead, []), 'missing');
  const read = readCheckpoint(bytesOf('checkpoint'));
  assert.ok(read.ok);
  assert.equal(read.value.checkpoint.size, 600);
});
