import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { type Entry, formatEntry, parseEntry } from '@plumbline/core';
import { encodeBase64, formatVerifierKey, leafHash, parseBundle } from '@plumbline/ledger';
import { primitives } from '@plumbline/server';
import { runLoad } from '@plumbline/server/testing/guard-load';
import { openRealRecord, REAL_ROOT_KEY, realSigner } from '@plumbline/server/testing/real-record';
import { writeLogFolder } from '@plumbline/server/testing/recorded-log';
import { verifies } from '@plumbline/testkit';

import { plumbWith, type Said } from '../run-plumb.test.ts';

// What a thief of the log's key, of the disk or of a backup can do to a record that vault, guard
// and log wrote, and what the command says of it.

const root = mkdtempSync(join(tmpdir(), 'plumbline-mutations-'));
const record = join(root, 'record');
const stale = join(root, 'stale');
const rootKey = join(root, 'root.key');
const known = join(root, 'known-logs');
const key = formatVerifierKey(realSigner().key);
let tampered = 0;

before(async () => {
  writeFileSync(rootKey, `${Buffer.from(REAL_ROOT_KEY).toString('hex')}\n`, { mode: 0o600 });
  const real = await openRealRecord(record);
  const { guard } = real.opened;
  await runLoad(guard, { writers: 4, cycles: 200, what: 'cycle' });
  await real.publish();
  cpSync(join(record, 'log'), join(stale, 'log'), { recursive: true });
  await runLoad(guard, { writers: 4, cycles: 200, what: 'cycle' });
  await real.close();
  const said = await verify(record, '--key', key, '--known-logs', known, '--remember');
  assert.equal(said.exit, 3, said.err);
});

after(() => rmSync(root, { recursive: true, force: true }));

function verify(place: string, ...options: readonly string[]): Promise<Said> {
  return plumbWith({ HOME: root }, 'verify', place, '--root-key', rootKey, ...options);
}

/** Copies the record, changes the copy's log and returns the copy. */
async function changed(change: (log: string) => Promise<void> | void): Promise<string> {
  tampered += 1;
  const place = join(root, `copy-${tampered}`);
  cpSync(record, place, { recursive: true });
  await change(join(place, 'log'));
  return place;
}

/** With the anchor the record is refused; without one it is never relied on. */
async function isCaught(name: string, place: string, bare: 1 | 3): Promise<void> {
  const anchored = await verify(place, '--known-logs', known);
  assert.equal(anchored.exit, 1, `${name}: ${anchored.out}${anchored.err}`);
  const alone = await verify(place, '--key', key);
  assert.equal(alone.exit, bare, `${name}, without an anchor: ${alone.out}${alone.err}`);
  if (bare === 3) assert.match(alone.out, /SIGNED, UNANCHORED/, name);
  rmSync(place, { recursive: true, force: true });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

function flip(file: string, place: number): void {
  const bytes = readFileSync(file);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Returns the entries of a log in order. */
function entriesIn(log: string): readonly Uint8Array[] {
  const bundles = filesBelow(join(log, 'tile/entries'));
  const [full, partial] = [bundles.filter(isFull), bundles.filter((file) => !isFull(file)).at(-1)];
  const widths = partial === undefined ? [] : [Number(/(\d+)$/.exec(partial)?.[1])];
  return [
    ...full.map((file) => ({ file, width: 256 })),
    ...widths.map((width) => ({
      file: partial ?? '',
      width,
    })),
  ].flatMap(({ file, width }) => {
    const read = parseBundle(readFileSync(file), width);
    assert.ok(read.ok);
    return read.value;
  });
}

function isFull(file: string): boolean {
  return !file.includes('.p/');
}

/** Writes a log whole, tree and checkpoint signed, as whoever has its key can. */
async function resign(log: string, entries: readonly Uint8Array[]): Promise<void> {
  rmSync(join(log, 'tile'), { recursive: true });
  await writeLogFolder(log, { entries: [...entries], signer: realSigner(), blobs: new Map() });
}

function entryOf(bytes: Uint8Array): Entry {
  const read = parseEntry(bytes);
  assert.ok(read.ok);
  return read.value;
}

/** Makes every chain go on again, whatever was taken out or changed. */
function rechained(entries: readonly Entry[]): readonly Uint8Array[] {
  const heads = new Map<string, { n: number; prev: string | null }>();
  return entries.map((entry) => {
    const chain = `${entry.agent}\n${entry.session}`;
    const { n, prev } = heads.get(chain) ?? { n: 0, prev: null };
    const bytes = Buffer.from(formatEntry({ ...entry, n, prev }));
    heads.set(chain, { n: n + 1, prev: encodeBase64(leafHash(primitives.sha256, bytes)) });
    return bytes;
  });
}

function isSameChain(one: Uint8Array, other: Uint8Array): boolean {
  const [left, right] = [entryOf(one), entryOf(other)];
  return left.agent === right.agent && left.session === right.session;
}

describe('plumb verify on a record that was tampered with', () => {
  test('the record as it was written is relied on with an anchor alone', async () => {
    const said = await verify(record, '--known-logs', known);
    assert.equal(said.exit, 0, said.out);
    assert.match(said.out, /ANCHORED/);
    assert.equal((await verify(record, '--key', key)).exit, 3);
  });

  test('a bit in a bundle, in a tile of any level and in the checkpoint is caught', async (t) => {
    verifies('evidence.tlog');
    const log = join(record, 'log');
    const stated = entriesIn(log).length;
    const files = filesBelow(log)
      .map((file) => file.slice(log.length + 1))
      .filter((file) => isOfSize(file, stated));
    assert.ok(
      ['tile/0/', 'tile/1/', 'tile/entries/', 'checkpoint'].every((what) => {
        return files.some((file) => file.startsWith(what));
      }),
    );
    let count = 0;
    for (const file of files) {
      const { length } = readFileSync(join(log, file));
      for (const place of [0, Math.floor(length / 2), length - 2]) {
        const copy = await changed((folder) => flip(join(folder, file), place));
        const said = await verify(copy, '--known-logs', known);
        assert.ok([1, 2].includes(said.exit), `${file} byte ${place}: ${said.out}`);
        assert.notEqual((await verify(copy, '--key', key)).exit, 0, `${file} byte ${place}`);
        count += 1;
        rmSync(copy, { recursive: true, force: true });
      }
    }
    t.diagnostic(`${count} bits in ${files.length} files`);
  });

  test('entries cut off, moved, doubled or spliced in are caught', async () => {
    const entries = entriesIn(join(record, 'log'));
    const place = Math.floor(entries.length / 2);
    const [here = NONE, next = NONE] = entries.slice(place, place + 2);
    const other = entries.findIndex((bytes, at) => at > place && isSameChain(bytes, here));
    const later = entries[other] ?? NONE;
    const changes: Readonly<Record<string, readonly Uint8Array[]>> = {
      reordered: entries.with(place, later).with(other, here),
      doubled: entries.toSpliced(place, 0, here),
      spliced: entries.toSpliced(place, 0, ...entries.slice(10, 20)),
      dropped: entries.toSpliced(place, 1),
    };
    for (const [name, these] of Object.entries(changes)) {
      await isCaught(name, await changed((log) => resign(log, these)), 1);
    }
    // Nothing ties chains to each other but the tree.
    const swapped = entries.toSpliced(place, 2, next, here);
    assert.ok(!isSameChain(here, next));
    await isCaught('chains reordered', await changed((log) => resign(log, swapped)), 3);
    const cut = await changed((log) => resign(log, entries.slice(0, -1)));
    await isCaught('truncated and signed again', cut, 3);
    const bundle = await changed((log) => {
      const file = filesBelow(join(log, 'tile/entries')).findLast((each) => isFull(each)) ?? '';
      writeFileSync(file, readFileSync(file).subarray(0, -100));
    });
    await isCaught('a bundle that ends early', bundle, 1);
  });

  test('another history under the same key is caught by an anchor alone', async () => {
    const entries = entriesIn(join(record, 'log')).map(entryOf);
    const last = entries.at(-1);
    assert.ok(last !== undefined);
    const forked = rechained([...entries.slice(0, -1), { ...last, at: last.at + 1 }]);
    await isCaught('forked', await changed((log) => resign(log, forked)), 3);
    const shorter = rechained(entries.slice(0, 300));
    await isCaught('rolled back', await changed((log) => resign(log, shorter)), 3);
    const told = entries.map((entry) => (entry.kind === 'boot' ? { ...entry, open: {} } : entry));
    await isCaught('signed again', await changed((log) => resign(log, rechained(told))), 3);
  });

  test('an intent left out is caught, however well it was covered up', async () => {
    const entries = entriesIn(join(record, 'log')).map(entryOf);
    const index = entries.findIndex(({ kind, agent }) => kind === 'decided' && agent === 'support');
    const decision = entries[index]?.open['decision'];
    const alone = rechained(entries.toSpliced(index, 1));
    await isCaught('an intent', await changed((log) => resign(log, alone)), 1);
    const both = rechained(entries.filter(({ open }) => open['decision'] !== decision));
    const place = await changed((log) => resign(log, both));
    assert.equal((await verify(place, '--known-logs', known)).exit, 1);
    assert.notEqual((await verify(place, '--key', key)).exit, 0);
  });

  test('a backup that is older than what was seen is caught', async () => {
    const place = await changed((log) => {
      rmSync(log, { recursive: true });
      cpSync(join(stale, 'log'), log, { recursive: true });
    });
    await isCaught('stale', place, 3);
  });
});

const NONE = new Uint8Array();

/** Partial files of earlier checkpoints stay where they are, and nothing reads them. */
function isOfSize(file: string, size: number): boolean {
  if (file === 'checkpoint') return true;
  if (!file.startsWith('tile/')) return false;
  if (isFull(file)) return true;
  const level = /^tile\/(\d+|entries)\//.exec(file)?.[1] ?? '';
  const width = level === 'entries' ? size % 256 : Math.floor(size / 256 ** Number(level)) % 256;
  return Number(/(\d+)$/.exec(file)?.[1]) === width;
}
