import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeUtf8,
  formatVerifierKey,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
} from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';
import { fill, openTestLog, refusalOf, TEST_ORIGIN } from '../../testing/log-scene.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import { egressTo, makeWitness, policyOf, type TestWitness } from '../../testing/witness-server.ts';
import type { LogOptions } from './log-options.ts';
import { primitives, signerOf } from './primitives.ts';

const signer = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(1));

function witnessedBy(...witnesses: readonly TestWitness[]): Partial<LogOptions> {
  return { witnesses: policyOf(...witnesses), egress: egressTo(...witnesses), witnessMs: 20 };
}

function signaturesOn(checkpoint: string): readonly string[] {
  return [...checkpoint.matchAll(/^— (\S+) /gm)].map(([, name]) => name ?? '');
}

test('witnesses: each cosigns every checkpoint, from the size it has seen', async () => {
  verifies('evidence.tlog');
  const [one, two] = [makeWitness('w1', signer.key), makeWitness('w2', signer.key)];
  const log = await openTestLog(new SimulatedDisk(1).mount(), witnessedBy(one, two));
  for (const size of [1, 2, 300, 301]) {
    await fill(log, size);
    await log.publish();
    const expected = [TEST_ORIGIN, 'witness.example/w1', 'witness.example/w2'];
    assert.deepEqual(signaturesOn(log.checkpoint()), expected);
    assert.ok((await openCheckpoint(primitives, encodeUtf8(log.checkpoint()), signer.key)).ok);
  }
  assert.equal(one.seen.get(TEST_ORIGIN)?.size, 301);
  assert.deepEqual(log.witnesses(), [
    { name: 'w1', size: 301, problem: null },
    { name: 'w2', size: 301, problem: null },
  ]);
  await log.close();
});

test('witnesses: one that is silent, broken or a stranger never holds up publishing', async () => {
  const [silent, broken] = [makeWitness('w1', signer.key), makeWitness('w2', signer.key)];
  const stranger = makeWitness('w3');
  silent.trouble = 'silent';
  broken.trouble = 'broken';
  const given = witnessedBy(silent, broken, stranger);
  const log = await openTestLog(new SimulatedDisk(1).mount(), given);
  await fill(log, 3);
  await log.publish();
  assert.equal(log.status().publishedSize, 3);
  assert.deepEqual(
    log.witnesses().map(({ problem }) => problem),
    ['no answer within 20 ms', 'witness answered status 500', 'it refused: unknown-log'],
  );
  silent.trouble = 'none';
  await log.publish();
  assert.deepEqual(signaturesOn(log.checkpoint()), [TEST_ORIGIN, 'witness.example/w1']);
  await log.close();
});

test('witnesses: a log older than what one cosigned is refused at the start', async () => {
  verifies('evidence.tlog');
  const witness = makeWitness('w1', signer.key);
  const disk = new SimulatedDisk(1).mount();
  const log = await openTestLog(disk, witnessedBy(witness));
  await fill(log, 5);
  await log.close();
  const fresh = await refusalOf(new SimulatedDisk(2).mount(), witnessedBy(witness));
  assert.match(fresh, /^rolled-back: witness `w1` cosigned 5 entries, more than this log has: /);
  assert.match(fresh, /put back the newest copy of the data directory/);
  const other = new SimulatedDisk(3).mount();
  await (await fillOther(other, 7)).close();
  assert.match(
    await refusalOf(other, witnessedBy(witness)),
    /^forked: witness `w1` cosigned a log/,
  );
  const same = new SimulatedDisk(3).mount();
  await (await fillOther(same, 5)).close();
  assert.match(await refusalOf(same, witnessedBy(witness)), /^forked: /);
  await (await openTestLog(disk, witnessedBy(witness))).close();
});

async function fillOther(
  disk: ReturnType<SimulatedDisk['mount']>,
  size: number,
): ReturnType<typeof openTestLog> {
  const log = await openTestLog(disk);
  await fill(log, size, ' of another history');
  return log;
}

test('witnesses: one unheard at the start still stops a log it knows better', async () => {
  const witness = makeWitness('w1', signer.key);
  const log = await openTestLog(new SimulatedDisk(1).mount(), witnessedBy(witness));
  await fill(log, 5);
  await log.close();
  witness.trouble = 'silent';
  const stale = await openTestLog(new SimulatedDisk(2).mount(), witnessedBy(witness));
  await fill(stale, 2);
  witness.trouble = 'none';
  await assert.rejects(stale.publish(), /witness `w1` cosigned 5 entries/);
  assert.throws(() => stale.append({ bytes: encodeUtf8('x'), leaf: new Uint8Array(32) }), /w1/);
  await stale.close();
});

test('witnesses: a policy that cannot be read is told with its line', async () => {
  const refused = await refusalOf(new SimulatedDisk(1).mount(), { witnesses: 'witness\n' });
  assert.match(refused, /^configuration: the witness policy cannot be read: line 1: /);
});

test('witness server: it refuses as the specification says', async () => {
  const witness = makeWitness('w1', signer.key);
  const ask = async (text: string): Promise<number> =>
    (await witness.answer(encodeUtf8(text))).status;
  const root = new Uint8Array(32).fill(9);
  const signed = await signCheckpoint(signer, { origin: TEST_ORIGIN, size: 4, root });
  const thief = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(66));
  const stolen = await signCheckpoint(thief, { origin: TEST_ORIGIN, size: 4, root });
  assert.equal(await ask('nonsense'), 400);
  assert.equal(await ask(`old 5\n\n${signed}`), 400);
  assert.equal(await ask(`old 0\n\n${stolen}`), 403);
  assert.equal(await ask(`old 1\n\n${signed}`), 409);
  assert.equal(await ask(`old 0\n\n${signed}`), 200);
  assert.equal(await ask(`old 0\n\n${signed}`), 409);
  assert.equal(await ask(`old 4\n\n${signed}`), 200);
  const other = { origin: TEST_ORIGIN, size: 4, root: new Uint8Array(32) };
  assert.equal(await ask(`old 4\n\n${await signCheckpoint(signer, other)}`), 409);
  const grown = await signCheckpoint(signer, { ...other, size: 5 });
  assert.equal(await ask(`old 4\n\n${grown}`), 422);
  const stranger = signerOf('other.example/log', new Uint8Array(32).fill(1));
  const foreign = await signCheckpoint(stranger, { origin: 'other.example/log', size: 4, root });
  assert.equal(await ask(`old 0\n\n${foreign}`), 404);
  const [line = ''] = policyOf(witness).split('\n');
  const key = parseVerifierKey(primitives.sha256, line.split(' ')[2] ?? '');
  assert.ok(key.ok);
  assert.equal(formatVerifierKey(key.value), formatVerifierKey(witness.key));
});
