import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEntries, sourceOf, writeTree } from '../../testing/memory-log.ts';
import { nodePrimitives } from '../../testing/node-primitives.ts';
import { decodeUtf8 } from '../bytes.ts';
import { verifyLog } from './verify-log.ts';

const { sha256 } = nodePrimitives;
const entries = makeEntries(700);
const { root, source } = writeTree(sha256, entries);
const checkpoint = { size: 700, root };
const rootAt = (size: number): Uint8Array => writeTree(sha256, entries.slice(0, size)).root;

test('verify: every entry, tile and anchor is compared, and counted', async () => {
  const anchors = [0, 1, 255, 256, 257, 512, 700].map((size) => ({ size, root: rootAt(size) }));
  assert.deepEqual(await verifyLog(sha256, { source, checkpoint, anchors }), {
    ok: true,
    value: { entryCount: 700, tileCount: 4, anchorCount: 7 },
  });
});

test('verify: every earlier tree of a log verifies from the files of the later one', async () => {
  for (const size of [0, 1, 200, 256, 300, 512]) {
    const earlier = writeTree(sha256, entries.slice(0, size));
    const files = new Map([...earlier.files, ...writeTree(sha256, entries).files]);
    const claim = { source: sourceOf(files), checkpoint: { size, root: earlier.root } };
    assert.ok((await verifyLog(sha256, { ...claim, anchors: [] })).ok, `size ${size}`);
  }
});

test('verify: each anchor that the log does not extend is told, wherever it stands', async () => {
  for (const size of [0, 1, 255, 256, 257, 511, 512, 699, 700]) {
    const anchors = [{ size, root: new Uint8Array(32) }];
    assert.deepEqual(await verifyLog(sha256, { source, checkpoint, anchors }), {
      ok: false,
      error: {
        code: 'forked',
        message: `the first ${size} entries are not those seen before`,
      },
    });
  }
  const anchors = [{ size: 701, root }];
  assert.deepEqual(await verifyLog(sha256, { source, checkpoint, anchors }), {
    ok: false,
    error: { code: 'rolled-back', message: 'log has 700 entries, was seen with 701' },
  });
});

test('verify: the caller sees every entry in order, and can refuse one', async () => {
  const seen: string[] = [];
  const checkEntry = (entry: Uint8Array, index: number): string | undefined => {
    seen.push(decodeUtf8(entry) ?? '');
    return index === 300 ? 'session counter jumps from 4 to 6' : undefined;
  };
  const verified = await verifyLog(sha256, { source, checkpoint, anchors: [], checkEntry });
  assert.deepEqual(verified, {
    ok: false,
    error: { code: 'refused', message: 'entry 300: session counter jumps from 4 to 6' },
  });
  assert.equal(seen.length, 301);
  assert.equal(seen[300], 'entry 300');
});

test('verify: a wrong tile is named with its hash and entry', async () => {
  const { files } = writeTree(sha256, entries);
  const tile = Uint8Array.from(files.get('tile/0/001') ?? []);
  tile[33] = (tile[33] ?? 0) ^ 1;
  files.set('tile/0/001', tile);
  const claim = { source: sourceOf(files), checkpoint, anchors: [] };
  assert.deepEqual(await verifyLog(sha256, claim), {
    ok: false,
    error: {
      code: 'mismatch',
      message: 'tile/0/001: hash 1, entry 257 is not that of its entries',
    },
  });
});

test('verify: a size no log has ends at the first file that is not there', async () => {
  const claim = { source, checkpoint: { size: Number.MAX_SAFE_INTEGER, root }, anchors: [] };
  const verified = await verifyLog(sha256, claim);
  assert.equal(verified.ok ? 'ok' : verified.error.code, 'missing');
});
