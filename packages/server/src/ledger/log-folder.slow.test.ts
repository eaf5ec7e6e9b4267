import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import {
  type Anchor,
  encodeBase64,
  encodeUtf8,
  formatTlogProof,
  formatVerifierKey,
  openCheckpoint,
  proveConsistency,
  proveInclusion,
  readCheckpoint,
  signCheckpoint,
  verifyLog,
} from '@plumbline/ledger';
import { buildGoTool, type GoTool, runProgram } from '@plumbline/ledger/testing/go-tools';
import { serveFolder } from '@plumbline/ledger/testing/serve-folder';
import { verifies } from '@plumbline/testkit';
import { fill, openTestLog, refusalOf, TEST_ORIGIN } from '../../testing/log-scene.ts';
import { egressTo, makeWitness, policyOf } from '../../testing/witness-server.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { folderSource } from './log-source.ts';
import { primitives, signerOf } from './primitives.ts';

const { sha256 } = primitives;
// Three levels of tiles, each of them partial at the edge.
const SIZE = 66_000;
const BACKUP = 30_000;
const signer = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(1));
const witness = makeWitness('w1', signer.key);
const witnessed = { witnesses: policyOf(witness), egress: egressTo(witness) };
const scratch = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
after(() => rm(scratch, { recursive: true, force: true }));
const honest = join(scratch, 'honest');
const backup = join(scratch, 'backup');

/** A log as the daemon leaves it, and a copy of its data directory from when it was younger. */
async function writeLogs(): Promise<void> {
  for (const size of [10_000, BACKUP, SIZE]) {
    const log = await openTestLog(nodeDisk(honest), witnessed);
    await fill(log, size);
    await log.close();
    if (size === BACKUP) await cp(honest, backup, { recursive: true });
  }
}

await writeLogs();
const anchors = [await anchorOf(honest)];

async function anchorOf(folder: string): Promise<Anchor> {
  const read = readCheckpoint(await readFile(join(folder, 'log/checkpoint')));
  assert.ok(read.ok);
  return read.value.checkpoint;
}

/** What a verifier finds who knows the key and one checkpoint. */
async function judge(folder: string, known: readonly Anchor[]): Promise<string> {
  const source = folderSource(join(folder, 'log'));
  const bytes = (await source.read('checkpoint')) ?? new Uint8Array(0);
  const opened = await openCheckpoint(primitives, bytes, signer.key);
  if (!opened.ok) return opened.error.code;
  const { checkpoint } = opened.value;
  const verified = await verifyLog(sha256, { source, checkpoint, anchors: known });
  return verified.ok ? 'verified' : verified.error.code;
}

test('log folder: a verifier accepts what the sequencer wrote, and what it was', async () => {
  verifies('evidence.tlog');
  assert.equal(await judge(honest, [await anchorOf(backup), ...anchors]), 'verified');
});

test('log folder: a flipped bit, a cut or a lost file of any kind is caught', async () => {
  verifies('evidence.tlog');
  const paths = [
    'checkpoint',
    'tile/entries/000',
    'tile/entries/256',
    'tile/entries/257.p/208',
    'tile/0/000',
    'tile/0/257.p/208',
    'tile/1/000',
    'tile/1/001.p/1',
    'tile/2/000.p/1',
  ];
  const changes: readonly ((bytes: Buffer) => Buffer | undefined)[] = [
    (bytes) => flipped(bytes, 0),
    (bytes) => flipped(bytes, bytes.length >> 1),
    (bytes) => bytes.subarray(0, -1),
    () => undefined,
  ];
  for (const path of paths) {
    const place = join(honest, 'log', path);
    const bytes = await readFile(place);
    for (const change of changes) {
      const changed = change(bytes);
      await (changed === undefined ? rm(place) : writeFile(place, changed));
      assert.notEqual(await judge(honest, anchors), 'verified', path);
    }
    await writeFile(place, bytes);
  }
  assert.equal(await judge(honest, anchors), 'verified');
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test('log folder: a stale backup is caught by a verifier, and refused at the start', async () => {
  verifies('evidence.tlog');
  assert.equal(await judge(backup, anchors), 'rolled-back');
  const [anchor = null] = anchors;
  assert.match(await refusalOf(nodeDisk(backup), { anchor }), /^rolled-back: the log has 30000/);
  assert.match(await refusalOf(nodeDisk(backup), witnessed), /^rolled-back: witness `w1`/);
});

test('log folder: a backup that went on, and a thief’s signature, are caught', async () => {
  verifies('evidence.tlog');
  const forked = join(scratch, 'forked');
  await cp(backup, forked, { recursive: true });
  const log = await openTestLog(nodeDisk(forked));
  await fill(log, SIZE, ' of another history');
  await log.close();
  assert.equal(await judge(forked, anchors), 'forked');
  assert.match(await refusalOf(nodeDisk(forked), { anchor: anchors[0] ?? null }), /^forked: /);
  assert.match(await refusalOf(nodeDisk(forked), witnessed), /^forked: /);
  const thief = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(66));
  const { size, root } = await anchorOf(honest);
  const signed = await signCheckpoint(thief, { origin: TEST_ORIGIN, size, root });
  await writeFile(join(forked, 'log/checkpoint'), signed);
  assert.equal(await judge(forked, anchors), 'missing');
});

/** The tool's path. Without Go the test is skipped, and counted; in CI that is a failure. */
async function needTool(t: TestContext, tool: GoTool): Promise<string | undefined> {
  const built = await buildGoTool(tool, scratch);
  if ('path' in built) return built.path;
  if (process.env['CI'] === 'true') assert.fail(built.why);
  t.skip(`NOT CHECKED BY OTHER PEOPLE'S TOOLS: ${built.why}`);
  return undefined;
}

test('log folder: Tessera’s fsck finds nothing to complain of, and one flipped bit', async (t) => {
  verifies('evidence.tlog');
  const target = 'github.com/transparency-dev/tessera/cmd/fsck';
  const tool = await needTool(t, { folder: 'fsck', target });
  if (tool === undefined) return;
  const key = join(scratch, 'log.pub');
  await writeFile(key, formatVerifierKey(signer.key));
  const fsck = async (): Promise<string> => {
    const served = await serveFolder(join(honest, 'log'));
    const args = ['--ui=false', '--N=512', `--storage_url=${served.url}`, `--public_key=${key}`];
    const ran = await runProgram(tool, args, scratch);
    served.close();
    return ran.stderr;
  };
  const clean = await fsck();
  assert.match(clean, /Successfully fsck'd log with size 66000/);
  assert.doesNotMatch(clean, /fsck failed/);
  const place = join(honest, 'log/tile/entries/128');
  const bytes = await readFile(place);
  await writeFile(place, flipped(bytes, 100));
  assert.match(await fsck(), /fsck failed/);
  await writeFile(place, bytes);
});

test('log folder: the Go libraries verify it, cosignature and proofs included', async (t) => {
  verifies('evidence.tlog');
  const tool = await needTool(t, { folder: 'sumdb', target: '.' });
  if (tool === undefined) return;
  const folder = join(scratch, 'claimed');
  await cp(join(honest, 'log'), folder, { recursive: true });
  await writeClaims(folder);
  const checked = await runProgram(tool, ['check', folder], scratch);
  assert.equal(checked.stderr, '');
  const { size, cosigned, proofs } = Object(JSON.parse(checked.stdout));
  assert.deepEqual({ size, cosigned, proofs }, { size: SIZE, cosigned: true, proofs: 3 });
});

async function writeClaims(folder: string): Promise<void> {
  const source = folderSource(folder);
  const tree = { sha256, source, size: SIZE };
  const checkpoint = await readFile(join(folder, 'checkpoint'), 'utf8');
  const proofs: string[] = [];
  for (const index of [0, 32_767, SIZE - 1]) {
    const hashes = await proveInclusion(tree, index);
    assert.ok(hashes.ok);
    const path = `proofs/${index}.tlog-proof`;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const proof = formatTlogProof({ index, hashes: hashes.value, checkpoint });
    await writeFile(join(folder, path), proof);
    await writeFile(join(folder, `${path}.entry`), encodeUtf8(`entry ${index}`));
    proofs.push(path);
  }
  const { size, root } = await anchorOf(backup);
  const hashes = await proveConsistency(tree, size);
  assert.ok(hashes.ok);
  const claim = { size, root: encodeBase64(root), hashes: hashes.value.map(encodeBase64) };
  const logKey = formatVerifierKey(signer.key);
  const witnessKey = formatVerifierKey(witness.key);
  const claims = { logKey, witnessKey, stride: 251, consistency: [claim], proofs };
  await writeFile(join(folder, 'claims.json'), JSON.stringify(claims));
  await writeFile(join(folder, 'log.pub'), logKey);
  assert.ok((await readdir(folder)).includes('claims.json'));
}
