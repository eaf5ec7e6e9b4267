import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeEntries, type MemoryTree, writeLog } from '../testing/memory-log.ts';
import { needTool } from '../testing/need-tool.ts';
import { makeSigner, nodePrimitives } from '../testing/node-primitives.ts';
import { type RealWitness, startWitness } from '../testing/real-witness.ts';
import { decodeUtf8, encodeUtf8 } from './bytes.ts';
import { readCheckpoint } from './note/checkpoint.ts';
import { formatVerifierKey, parseVerifierKey } from './note/verifier-key.ts';
import { assessCheckpoint } from './trust/assess.ts';
import { parsePolicy } from './trust/policy.ts';
import { proveConsistency } from './tree/prove.ts';
import {
  addCosignature,
  formatAddCheckpoint,
  parseWitnessAnswer,
  type WitnessAnswer,
} from './trust/witness.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/agents', 1);
const scratch = mkdtempSync(join(tmpdir(), 'plumbline-witness-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Asks a witness to go from a size to the whole of a log. */
async function ask(
  { url }: RealWitness,
  log: MemoryTree,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<WitnessAnswer | undefined> {
  const proof = await proveConsistency({ sha256, source: log.source, size }, from);
  const checkpoint = decodeUtf8(log.files.get('checkpoint') ?? new Uint8Array(0)) ?? '';
  const hashes = from > 0 && proof.ok ? proof.value : [];
  const body = formatAddCheckpoint({ earlierSize: from, proof: hashes, checkpoint });
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  const read = parseWitnessAnswer(answer.status, new Uint8Array(await answer.arrayBuffer()));
  return read.ok ? read.value : undefined;
}

test('witness: one of other people cosigns the log, follows it, and refuses a fork', async (t) => {
  verifies('evidence.tlog');
  const program = await needTool(t, { folder: 'witness', target: '.' }, scratch);
  if (program === undefined) return;
  const witness = await startWitness(program, formatVerifierKey(signer.key));
  t.after(() => witness.close());
  const [early, late] = [makeEntries(300), makeEntries(66_000)];
  const first = await ask(witness, await writeLog(sha256, signer, early), { from: 0, size: 300 });
  assert.equal(first?.kind, 'cosigned');

  const log = await writeLog(sha256, signer, late);
  const stale = await ask(witness, log, { from: 0, size: 66_000 });
  assert.deepEqual(stale, { kind: 'behind', size: 300 });
  const cosigned = await ask(witness, log, { from: 300, size: 66_000 });
  await standsWitnessed(witness, log, cosigned);

  const other = makeEntries(66_001, ' forked');
  const fork = await writeLog(sha256, signer, other);
  const refused = await ask(witness, fork, { from: 66_000, size: 66_001 });
  assert.deepEqual(refused, { kind: 'refused', why: 'inconsistent' });
});

test('witness: one of other people never cosigns a log of another key', async (t) => {
  const program = await needTool(t, { folder: 'witness', target: '.' }, scratch);
  if (program === undefined) return;
  const witness = await startWitness(program, formatVerifierKey(signer.key));
  t.after(() => witness.close());
  const thief = makeSigner('log.example/agents', 9);
  const log = await writeLog(sha256, thief, makeEntries(5));
  const answer = await ask(witness, log, { from: 0, size: 5 });
  // The specification asks for status 403; it answers 500.
  assert.equal(answer, undefined);
});

/** The cosigned checkpoint meets a policy that asks for that witness. */
async function standsWitnessed(
  { vkey }: RealWitness,
  log: MemoryTree,
  answer: WitnessAnswer | undefined,
): Promise<void> {
  assert.ok(answer?.kind === 'cosigned');
  const opened = readCheckpoint(log.files.get('checkpoint') ?? new Uint8Array(0));
  const key = parseVerifierKey(sha256, vkey);
  const logKey = formatVerifierKey(signer.key);
  const policy = parsePolicy(sha256, encodeUtf8(`log ${logKey}\nwitness W ${vkey}\nquorum W\n`));
  assert.ok(opened.ok && key.ok && policy.ok);
  const given = { key: key.value, signatures: answer.signatures };
  const note = await addCosignature(nodePrimitives, opened.value.note, given);
  assert.ok(note.ok);
  const { checkpoint } = opened.value;
  const assessed = await assessCheckpoint(nodePrimitives, policy.value, {
    checkpoint,
    note: note.value,
  });
  assert.ok(assessed.ok && assessed.value.hasQuorum);
  const cosignedMs = (assessed.value.cosigned[0]?.timeSeconds ?? 0) * 1_000;
  assert.ok(Math.abs(Date.now() - cosignedMs) < 60_000);
}
