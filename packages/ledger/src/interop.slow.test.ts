import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { type GoTool, type Ran, runProgram } from '../testing/go-tools.ts';
import { type LogFiles, makeEntries, writeLog } from '../testing/memory-log.ts';
import { needTool } from '../testing/need-tool.ts';
import { makeSigner, nodePrimitives } from '../testing/node-primitives.ts';
import { serveFolder } from '../testing/serve-folder.ts';
import { encodeBase64, encodeUtf8 } from './bytes.ts';
import { readCheckpoint } from './note/checkpoint.ts';
import { formatNote } from './note/note.ts';
import { cosignText } from './note/signature.ts';
import { formatVerifierKey } from './note/verifier-key.ts';
import { proveConsistency, proveInclusion } from './tree/prove.ts';
import { formatTlogProof } from './trust/tlog-proof.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/agents', 1);
const witness = makeSigner('witness.example/w', 2, 'cosignature');
// Three levels of tiles, each of them partial at the edge.
const SIZE = 66_000;
const entries = makeEntries(SIZE);
const scratch = mkdtempSync(join(tmpdir(), 'plumbline-interop-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const sumdb: GoTool = { folder: 'sumdb', target: '.' };
const fsck: GoTool = {
  folder: 'fsck',
  target: 'github.com/transparency-dev/tessera/cmd/fsck',
};

/** A log with a cosigned checkpoint, proofs of some entries, and a claim about all of it. */
async function makeFolder(): Promise<LogFiles> {
  const { files, source } = await writeLog(sha256, signer, entries);
  const read = readCheckpoint(files.get('checkpoint') ?? new Uint8Array(0));
  assert.ok(read.ok);
  const { text, signatures } = read.value.note;
  const cosignature = await cosignText(witness, text, 1_700_000_000);
  const checkpoint = formatNote({ text, signatures: [...signatures, cosignature] });
  files.set('checkpoint', encodeUtf8(checkpoint));
  const tree = { sha256, source, size: SIZE };
  const proofs = [];
  for (const index of [0, 255, 256, 32_767, 65_535, 65_536, 65_999]) {
    const hashes = await proveInclusion(tree, index);
    assert.ok(hashes.ok);
    const proof = formatTlogProof({ index, hashes: hashes.value, checkpoint });
    files.set(`proofs/${index}.tlog-proof`, encodeUtf8(proof));
    files.set(`proofs/${index}.tlog-proof.entry`, entries[index] ?? new Uint8Array(0));
    proofs.push(`proofs/${index}.tlog-proof`);
  }
  const consistency = [];
  for (const size of [1, 2, 255, 256, 257, 10_000, 65_536, 65_537, 65_999, 66_000]) {
    const hashes = await proveConsistency(tree, size);
    assert.ok(hashes.ok);
    const { root } = await writeLog(sha256, signer, entries.slice(0, size));
    const hashTexts = hashes.value.map(encodeBase64);
    consistency.push({ size, root: encodeBase64(root), hashes: hashTexts });
  }
  const logKey = formatVerifierKey(signer.key);
  const witnessKey = formatVerifierKey(witness.key);
  const claims = { logKey, witnessKey, stride: 251, consistency, proofs };
  return files
    .set('claims.json', encodeUtf8(JSON.stringify(claims)))
    .set('log.pub', encodeUtf8(logKey));
}

function writeFolder(name: string, files: LogFiles): string {
  const folder = join(scratch, name);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** The folder with the last bit of one file the other way round. */
function spoil(files: LogFiles, path: string, at: number): LogFiles {
  const bytes = Uint8Array.from(files.get(path) ?? []);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return new Map([...files, [path, bytes]]);
}

const files = await makeFolder();
const honest = writeFolder('honest', files);
const spoiled: readonly (readonly [string, number])[] = [
  ['tile/entries/000', 7],
  ['tile/entries/257.p/208', -1],
  ['tile/0/128', 100],
  ['tile/0/257.p/208', -1],
  ['tile/1/000', 5],
  ['tile/2/000.p/1', 31],
  ['checkpoint', 25],
];

test('interop: the Go libraries verify checkpoint, cosignature, entries and proofs', async (t) => {
  verifies('evidence.tlog');
  const tool = await needTool(t, sumdb, scratch);
  if (tool === undefined) return;
  const checked = await runProgram(tool, ['check', honest], scratch);
  assert.equal(checked.stderr, '');
  assert.deepEqual(JSON.parse(checked.stdout), {
    size: 66_000,
    cosigned: true,
    entries: 264,
    consistency: 10,
    proofs: 7,
  });
});

test('interop: the Go libraries refuse the log after one flipped bit', async (t) => {
  verifies('evidence.tlog');
  const tool = await needTool(t, sumdb, scratch);
  if (tool === undefined) return;
  const more: readonly (readonly [string, number])[] = [
    ['proofs/256.tlog-proof', 60],
    ['proofs/256.tlog-proof.entry', 0],
  ];
  for (const [at, [path, byte]] of [...spoiled, ...more].entries()) {
    const folder = writeFolder(`sumdb-${at}`, spoil(files, path, byte));
    const checked = await runProgram(tool, ['check', folder], scratch);
    assert.ok(!checked.isOk, `${path}: ${checked.stdout}`);
  }
});

/** Tessera's own command over the folder as a web server shows it. */
async function runFsck(tool: string, folder: string): Promise<Ran> {
  const served = await serveFolder(folder);
  const key = join(folder, 'log.pub');
  // With fewer workers than tiles it waits for ever once one of them has found a fault.
  const args = ['--ui=false', '--N=512', `--storage_url=${served.url}`, `--public_key=${key}`];
  try {
    return await runProgram(tool, args, scratch);
  } finally {
    served.close();
  }
}

test('interop: Tessera’s fsck finds nothing to complain of', async (t) => {
  verifies('evidence.tlog');
  const tool = await needTool(t, fsck, scratch);
  if (tool === undefined) return;
  const checked = await runFsck(tool, honest);
  assert.ok(checked.isOk);
  assert.match(checked.stderr, /Successfully fsck'd log with size 66000/);
  assert.doesNotMatch(checked.stderr, /fsck failed/);
});

test('interop: Tessera’s fsck complains of one flipped bit', async (t) => {
  verifies('evidence.tlog');
  const tool = await needTool(t, fsck, scratch);
  if (tool === undefined) return;
  for (const [at, [path, byte]] of spoiled.entries()) {
    const folder = writeFolder(`fsck-${at}`, spoil(files, path, byte));
    // It ends with code 0 whatever it found, and says so on standard error.
    const { stderr } = await runFsck(tool, folder);
    assert.match(stderr, /fsck failed/, path);
    assert.doesNotMatch(stderr, /Successfully/, path);
  }
});
