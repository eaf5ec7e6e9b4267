import assert from 'node:assert/strict';
import {
  encodeHex,
  encodeUtf8,
  leafHash,
  openCheckpoint,
  readCheckpoint,
  rootOf,
  type Signer,
} from '@plumbline/ledger';
import { primitives, signerOf } from '../src/ledger/primitives.ts';
import { LedgerStopped, type Sequencer, type Submission } from '../src/ledger/sequencer.ts';

/** A log under test, with the three things a test does to its disk. */
export type ControlledLog = {
  readonly log: Sequencer & {
    readonly holdSyncs: () => void;
    readonly releaseSyncs: () => void;
    readonly failSyncs: () => void;
  };
  readonly clean: () => Promise<void>;
};

/** What the suite asks a maker for. */
export type WantedLog = {
  readonly signer: Signer;
  readonly backlog: number;
  readonly clock: () => number;
};

type Body = (controlled: ControlledLog['log']) => Promise<void>;
type Claim = { readonly name: string; readonly body: Body };

/** The signer of every log of the suite. */
export const contractSigner: Signer = signerOf('log.example/contract', new Uint8Array(32).fill(3));

/** Returns an entry with its leaf hash. */
export function submit(text: string, ...blobs: readonly Uint8Array[]): Submission {
  const bytes = encodeUtf8(text);
  return { bytes, leaf: leafHash(primitives.sha256, bytes), blobs };
}

const claims: readonly Claim[] = [
  { name: 'indexes are gapless and in call order', body: givesIndexesInOrder },
  { name: 'nothing is durable or read before its sync', body: waitsForTheSync },
  { name: 'listeners hear of each batch until they leave', body: tellsListeners },
  { name: 'a failed sync stops it for good', body: stopsAtAFailure },
  { name: 'a full queue refuses and recovers', body: refusesABacklog },
  { name: 'a checkpoint covers what is durable and never two roots', body: publishesTheTree },
  { name: 'a blob is there under its digest', body: keepsBlobs },
  { name: 'closing publishes, and then nothing is taken', body: closes },
  { name: 'reading is bounded by the end', body: readsRanges },
];

/** Runs the contract of `Sequencer` over an implementation, one test for each claim. */
export function sequencerContract(
  test: (name: string, body: () => Promise<void>) => unknown,
  subject: string,
  make: (wanted: WantedLog) => Promise<ControlledLog>,
): void {
  for (const { name, body } of claims) {
    test(`${subject}: ${name}`, async () => {
      const made = await make({ signer: contractSigner, backlog: 100, clock: () => 1_000 });
      try {
        await body(made.log);
      } finally {
        made.log.releaseSyncs();
        await made.clean();
      }
    });
  }
}

async function givesIndexesInOrder(log: ControlledLog['log']): Promise<void> {
  const appended = ['a', 'b', 'c'].map((text) => log.append(submit(text)));
  assert.deepEqual(
    appended.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.equal(log.status().nextIndex, 3);
  await Promise.all(appended.map(({ durable }) => durable));
  assert.equal(log.append(submit('d')).index, 3);
}

async function waitsForTheSync(log: ControlledLog['log']): Promise<void> {
  log.holdSyncs();
  const { durable } = log.append(submit('a'));
  await turns();
  assert.equal(log.status().durableSize, 0);
  assert.deepEqual(await log.read(0, 10), []);
  log.releaseSyncs();
  await durable;
  assert.equal(log.status().durableSize, 1);
  assert.deepEqual(textsOf(await log.read(0, 10)), ['a']);
}

async function tellsListeners(log: ControlledLog['log']): Promise<void> {
  const heard: number[] = [];
  const leave = log.onDurable((size) => heard.push(size));
  await log.append(submit('a')).durable;
  leave();
  await log.append(submit('b')).durable;
  await turns();
  assert.deepEqual(heard, [1]);
}

async function stopsAtAFailure(log: ControlledLog['log']): Promise<void> {
  log.holdSyncs();
  const pending = [log.append(submit('a')), log.append(submit('b'))];
  await turns();
  log.failSyncs();
  for (const { durable } of pending) await assert.rejects(durable, isStopped('disk'));
  assert.throws(() => log.append(submit('c')), isStopped('disk'));
  await assert.rejects(log.publish(), isStopped('disk'));
  assert.notEqual(log.status().stopped, null);
  assert.equal(log.status().durableSize, 0);
}

async function refusesABacklog(log: ControlledLog['log']): Promise<void> {
  log.holdSyncs();
  const pending = Array.from({ length: 100 }, (_, at) => log.append(submit(`entry ${at}`)));
  assert.throws(() => log.append(submit('one too many')), isStopped('backlog'));
  log.releaseSyncs();
  await Promise.all(pending.map(({ durable }) => durable));
  assert.equal(log.append(submit('again')).index, 100);
}

async function publishesTheTree(log: ControlledLog['log']): Promise<void> {
  const empty = log.checkpoint();
  assert.equal(sizeOf(empty), 0);
  const first = ['a', 'b', 'c'].map((text) => submit(text));
  await Promise.all(first.map((entry) => log.append(entry).durable));
  await log.publish();
  const checkpoint = log.checkpoint();
  const opened = await openCheckpoint(primitives, encodeUtf8(checkpoint), contractSigner.key);
  assert.ok(opened.ok);
  const leaves = first.map(({ leaf }) => leaf);
  const root = rootOf(primitives.sha256, leaves);
  assert.deepEqual(opened.value.checkpoint, { origin: 'log.example/contract', size: 3, root });
  assert.equal(log.status().publishedSize, 3);
  assert.equal(log.status().checkpointAt, 1_000);
  await Promise.all([log.publish(), log.publish()]);
  assert.equal(log.checkpoint(), checkpoint);
}

async function keepsBlobs(log: ControlledLog['log']): Promise<void> {
  const blob = encodeUtf8('x'.repeat(100_000));
  const digest = `sha256:${encodeHex(primitives.sha256(blob))}`;
  assert.equal(await log.blob(digest), undefined);
  await log.append(submit('names a blob', blob)).durable;
  assert.equal(encodeHex((await log.blob(digest)) ?? encodeUtf8('none')), encodeHex(blob));
  assert.equal(await log.blob('sha256:nonsense'), undefined);
}

async function closes(log: ControlledLog['log']): Promise<void> {
  const { durable } = log.append(submit('a'));
  await log.close();
  await durable;
  assert.equal(sizeOf(log.checkpoint()), 1);
  assert.throws(() => log.append(submit('b')), isStopped('closed'));
  await assert.rejects(log.publish(), isStopped('closed'));
  await log.close();
}

async function readsRanges(log: ControlledLog['log']): Promise<void> {
  const texts = Array.from({ length: 90 }, (_, at) => `entry ${at}`);
  await Promise.all(texts.map((text) => log.append(submit(text)).durable));
  assert.deepEqual(textsOf(await log.read(0, 1_000)), texts);
  await log.publish();
  assert.deepEqual(textsOf(await log.read(0, 1_000)), texts);
  assert.deepEqual(textsOf(await log.read(88, 1)), ['entry 88']);
  assert.deepEqual(textsOf(await log.read(88, 10)), ['entry 88', 'entry 89']);
  assert.deepEqual(await log.read(90, 10), []);
}

function isStopped(reason: LedgerStopped['reason']): (error: unknown) => boolean {
  return (error) => error instanceof LedgerStopped && error.reason === reason;
}

function sizeOf(checkpoint: string): number {
  const read = readCheckpoint(encodeUtf8(checkpoint));
  assert.ok(read.ok);
  return read.value.checkpoint.size;
}

function textsOf(entries: readonly Uint8Array[]): readonly string[] {
  return entries.map((entry) => Buffer.from(entry).toString('utf8'));
}

/** Lets everything that can go on without a sync go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
