import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makeEntry, openedOpen } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { RecordedLog } from '../../../testing/recorded-log.ts';
import { OfflineError } from '../../record/offline-error.ts';
import { openOffline } from '../../record/offline.ts';
import { selectPack } from '../../record/select-pack.ts';
import { unpackArchive } from '../../record/unpack-archive.ts';
import { verifyRecord } from '../../record/verify-record.ts';
import type { Caller } from '../../routes/caller.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { refused, served } from '../served.ts';
import { makePacks, type PacksNeeds } from './make-packs.ts';
import type { PackOrder, StartedPack } from './packs.ts';

const ANY: PackOrder = { agent: null, sessions: [], fromAt: null, untilAt: null, opened: false };
const APPROVER: Caller = { ...LOCAL, id: 'k1', kind: 'person', roles: ['approver'] };

async function scene(t: TestContext, changes: Partial<PacksNeeds> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'plumbline-packs-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const log = new RecordedLog(join(root, 'record')).begin();
  const first = await log.story('ada');
  const second = await log.story('bo');
  await log.vault.eraseSubject(second.subject.id);
  log.node('erasure', { subject: second.subject.id, sessions: [second.session], by: 'local' });
  const place = await log.write();
  const models = new MemoryModels();
  await models.fold(0, log.entries);
  const where = { place, rootKeyFile: null, rootKey: log.rootKey, openings: new Map() };
  const written: object[] = [];
  const packs = makePacks({
    models,
    where,
    sequencer: {
      read: (from, limit) => Promise.resolve(log.entries.slice(from, from + limit)),
      blob: () => Promise.resolve(undefined),
    },
    guard: { status: () => undefined },
    start: () => 0,
    caughtUp: () => Promise.resolve(),
    publish: () => Promise.resolve(),
    clock: () => log.at,
    write: ({ kind, agent, open }) => {
      written.push({ kind, agent, ...open });
      return Promise.resolve(served({ index: 1, at: 1 }));
    },
    ...changes,
  });
  return { root, log, packs, where, written, sessions: [first.session, second.session] as const };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function take({ run, name }: StartedPack, root: string): Promise<string> {
  const parts: Uint8Array[] = [];
  await run(new AbortController().signal, (bytes) => {
    parts.push(bytes);
    return Promise.resolve();
  });
  const file = join(root, name);
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

async function packed({ packs, root }: Scene, order: Partial<PackOrder>): Promise<string> {
  const started = await packs.start({ ...ANY, ...order }, APPROVER);
  assert.ok(started.ok);
  const folder = mkdtempSync(join(root, 'unpacked-'));
  await unpackArchive(await take(started.value, root), folder);
  return folder;
}

async function answersIn({ log }: Scene, folder: string) {
  const verified = await verifyRecord(openOffline({ ...NO_VAULT, place: folder }), {
    key: log.signer.key,
    known: [],
    policy: null,
    authorities: null,
    isTreeOnly: false,
    heartbeatMs: 1,
    onProgress: () => undefined,
  });
  assert.ok(verified.ok, verified.ok ? '' : verified.error.message);
  return verified.value.record?.answers;
}

const NO_VAULT = { rootKeyFile: null, openings: new Map<number, Uint8Array>() };

test('packs: one that was opened verifies elsewhere, and the reading is recorded', async (t) => {
  verifies('evidence.pack');
  const made = await scene(t);
  const { sessions, written, packs } = made;
  const planned = await packs.plan({ ...ANY, sessions }, APPROVER);
  assert.deepEqual(planned.ok && [planned.value.sessions, planned.value.agents], [2, ['desk']]);
  const folder = await packed(made, { sessions, opened: true });
  assert.deepEqual(
    written,
    sessions.map((session) => {
      return { kind: 'read', agent: 'desk', by: 'k1', session, decision: null, pack: true };
    }),
  );
  const answers = await answersIn(made, folder);
  assert.deepEqual([answers?.recomputed, answers?.erased, answers?.mismatch], [5, 5, 0]);
});

test('packs: without openings nothing sealed is in it, and nothing is recorded', async (t) => {
  const made = await scene(t);
  const folder = await packed(made, { sessions: [made.sessions[0]] });
  const names = readdirSync(join(folder, 'entries'));
  assert.deepEqual(
    names.filter((name) => /opening|plain/.test(name)),
    [],
  );
  assert.deepEqual(made.written, []);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  assert.deepEqual(Reflect.get(Object(manifest), 'selection'), { sessions: made.sessions[0] });
});

test('packs: the daemon chooses what the files say', async (t) => {
  const made = await scene(t);
  const record = openOffline(made.where);
  t.after(() => record.close());
  for (const sessions of [[made.sessions[0]], [made.sessions[1]], made.sessions]) {
    const folder = await packed(made, { sessions });
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const request = { agent: null, sessions, fromAt: -Infinity, untilAt: Infinity };
    const rest = { open: [], key: null, madeAt: 0 };
    const chosen = await selectPack(record, { ...request, ...rest }, made.log.entries.length);
    assert.deepEqual(Reflect.get(Object(manifest), 'entries'), chosen);
  }
});

test('packs: that what took an agent back was read stands in the chain of the agent', async (t) => {
  const models = new MemoryModels();
  const of = { agent: 'desk~undo', session: 's9', at: 1, open: openedOpen({}) };
  await models.fold(0, [makeEntry('session_opened', of)]);
  const { packs, written } = await scene(t, { models });
  const order = { ...ANY, sessions: ['s9'], opened: true };
  assert.equal((await packs.start(order, APPROVER)).ok, true);
  assert.deepEqual(
    written.map((entry) => Reflect.get(entry, 'agent')),
    ['desk'],
  );
});

test('packs: what cannot be recorded is not handed out', async (t) => {
  const write = () => Promise.resolve(refused('unavailable', 'the log stopped'));
  const made = await scene(t, { write });
  const started = await made.packs.start({ ...ANY, ...made, opened: true }, APPROVER);
  assert.equal(started.ok ? null : started.error.code, 'unavailable');
});

test('packs: no more are written at once than may, and who leaves makes room', async (t) => {
  const made = await scene(t);
  const order = { ...ANY, sessions: made.sessions };
  const starts = [await made.packs.start(order, LOCAL), await made.packs.start(order, LOCAL)];
  const third = await made.packs.start(order, LOCAL);
  assert.equal(third.ok ? null : third.error.code, 'overloaded');
  const [first] = starts;
  assert.ok(first?.ok === true);
  const leaving = new AbortController();
  await first.value.run(leaving.signal, () => {
    leaving.abort();
    return Promise.resolve();
  });
  assert.equal((await made.packs.start(order, LOCAL)).ok, true);
});

test('packs: a record that cannot be read is told', async (t) => {
  const made = await scene(t);
  const started = await made.packs.start({ ...ANY, sessions: made.sessions }, LOCAL);
  assert.ok(started.ok);
  rmSync(join(made.where.place, 'log', 'tile'), { recursive: true });
  await assert.rejects(take(started.value, made.root), OfflineError);
});
