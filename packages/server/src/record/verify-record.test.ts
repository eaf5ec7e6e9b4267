import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import {
  canonical,
  type Entry,
  formatEntry,
  type Json,
  parseEntry,
  RecordCheck,
  type RecordReport,
} from '@plumbline/core';
import { leafHash } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';

import { RecordedLog } from '../../testing/recorded-log.ts';
import { primitives } from '../ledger/primitives.ts';
import { sealPayload } from '../seal/seal.ts';
import { type OfflineRecord, openOffline } from './offline.ts';
import { Opener } from './opener.ts';
import { verifyRecord } from './verify-record.ts';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'plumbline-record-'));
  folders.push(made);
  return made;
}

after(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** What a check is lent: the vault and the blobs of a log in memory. */
function memoryRecord(log: RecordedLog): OfflineRecord {
  return {
    place: log.folder,
    where: { place: log.folder, rootKeyFile: null, openings: new Map() },
    source: { read: () => undefined },
    rolled: [],
    rolledSource: () => ({ read: () => undefined }),
    stampedSizes: () => [],
    packFolder: null,
    hasVault: true,
    blob: (digest) => Promise.resolve(log.blobs.get(digest.slice('sha256:'.length))),
    subjectKey: (subject) => log.vault.subjectKey(subject),
    opening: () => undefined,
    signers: () => Promise.resolve([log.signer]),
    close: () => Promise.resolve(),
  };
}

type Outcome = { readonly complaint: string | undefined; readonly report: RecordReport };

const openers = new WeakMap<RecordedLog, Promise<Opener>>();

/** What the entries of a log need is fetched once; changed entries need no more. */
function openerOf(log: RecordedLog): Promise<Opener> {
  const made = openers.get(log) ?? preparedOpener(log);
  openers.set(log, made);
  return made;
}

async function preparedOpener(log: RecordedLog): Promise<Opener> {
  const opener = new Opener(memoryRecord(log));
  await opener.prepare(log.entries.map(entryOf), 0);
  return opener;
}

async function check(log: RecordedLog, entries: readonly Uint8Array[]): Promise<Outcome> {
  const opener = await openerOf(log);
  const record = new RecordCheck(opener, { heartbeatMs: 60_000, isPartial: false });
  for (const [index, bytes] of entries.entries()) {
    const leaf = Buffer.from(leafHash(primitives.sha256, bytes)).toString('base64');
    const complaint = record.take(bytes, index, leaf);
    if (complaint !== undefined) return { complaint, report: record.report() };
  }
  return { complaint: undefined, report: record.report() };
}

function isSound({ complaint, report }: Outcome): boolean {
  const { answers, brokenCount, states } = report;
  return complaint === undefined && answers.mismatch + brokenCount + states.differs === 0;
}

function entryOf(bytes: Uint8Array): Entry {
  const read = parseEntry(bytes);
  assert.ok(read.ok);
  return read.value;
}

function chainOf(bytes: Uint8Array): string {
  const { agent, session } = entryOf(bytes);
  return canonical([agent, session]);
}

/** Writes a record again, as whoever holds the log's key could, with other entries in it. */
function rewritten(entries: readonly Entry[]): readonly Uint8Array[] {
  const heads = new Map<string, { n: number; prev: string | null }>();
  return entries.map((entry) => {
    const key = canonical([entry.agent, entry.session]);
    const { n, prev } = heads.get(key) ?? { n: 0, prev: null };
    const bytes = Buffer.from(formatEntry({ ...entry, n, prev }));
    const leaf = Buffer.from(leafHash(primitives.sha256, bytes)).toString('base64');
    heads.set(key, { n: n + 1, prev: leaf });
    return bytes;
  });
}

async function recorded(): Promise<RecordedLog> {
  const log = new RecordedLog(folder()).begin();
  await log.story('ada');
  await log.story('bo');
  return log;
}

describe('checking a record', () => {
  test('every decision is made again, and on the state the log folds to', async () => {
    verifies('evidence.recompute');
    const log = await recorded();
    const { complaint, report } = await check(log, log.entries);
    assert.equal(complaint, undefined);
    assert.equal(report.answers.recomputed, 10);
    assert.deepEqual(report.states, { same: 10, differs: 0, unknown: 0 });
    assert.deepEqual([report.unfinishedCount, report.openSessions, report.agents], [0, 0, 1]);
    await log.vault.close();
  });

  test('an entry that is dropped, twice there, moved or changed is caught', async () => {
    verifies('evidence.tlog');
    const log = await recorded();
    const { entries } = log;
    const last = (entry: Entry): boolean => {
      const { agent, session } = entry;
      const chain = entries
        .map(entryOf)
        .filter((one) => one.agent === agent && one.session === session);
      return chain.at(-1)?.n === entry.n;
    };
    for (const [index, bytes] of entries.entries()) {
      const dropped = entries.toSpliced(index, 1);
      // Nothing in a chain says that it goes on; the tree's size and the next entry do.
      if (!last(entryOf(bytes))) assert.ok(!isSound(await check(log, dropped)), `dropped ${index}`);
      const doubled = entries.toSpliced(index, 0, bytes);
      assert.ok(!isSound(await check(log, doubled)), `doubled ${index}`);
      const next = entries[index + 1];
      if (next === undefined || chainOf(next) !== chainOf(bytes)) continue;
      const moved = entries.toSpliced(index, 2, next, bytes);
      assert.ok(!isSound(await check(log, moved)), `moved ${index}`);
    }
    await log.vault.close();
  });

  test('no byte of an entry can be another, but in the last entries of chains', async () => {
    const log = await recorded();
    const { entries } = log;
    const ends = new Set([2, 3, 13, 25]);
    for (const [index, bytes] of entries.entries()) {
      const entry = entryOf(bytes);
      if (entry.kind === 'session_closed' || ends.has(index) || entry.agent === null) continue;
      for (const place of [9, Math.floor(bytes.length / 2), bytes.length - 10]) {
        const changed = Uint8Array.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ 1;
        const outcome = await check(log, entries.toSpliced(index, 1, changed));
        assert.ok(!isSound(outcome), `byte ${place} of entry ${index}`);
      }
    }
    await log.vault.close();
  });

  test('an intent left out of chains that were all written again is caught', async () => {
    const log = await recorded();
    const entries = log.entries.map(entryOf);
    const intent = entries.findIndex(({ kind }) => kind === 'decided');
    const without = rewritten(entries.toSpliced(intent, 1));
    assert.match((await check(log, without)).complaint ?? '', /not let through/);
    const opening = entries.findIndex(({ kind }) => kind === 'session_opened');
    assert.ok(!isSound(await check(log, rewritten(entries.toSpliced(opening, 1)))));
    await log.vault.close();
  });

  test('a decision sealed again with another verdict is a mismatch', async () => {
    const log = await recorded();
    const entries = log.entries.map(entryOf);
    const index = entries.findIndex(({ open }) => open['verdict'] === 'deny');
    const entry = entries[index];
    assert.ok(entry?.sealed);
    const key = await log.vault.subjectKey(entry.sealed.subject);
    assert.ok(key !== undefined);
    const opener = new Opener(memoryRecord(log));
    await opener.prepareEntry(entry, index);
    const opened = opener.open(entry);
    assert.ok(opened.kind === 'opened');
    const text = opened.text.replace('"kind":"deny","say"', '"kind":"allow","say"');
    const { sealed } = sealPayload({ id: entry.sealed.subject, key }, text);
    const open = { ...entry.open, verdict: 'allow' };
    const forged = entries.toSpliced(index, 1, { ...entry, open, sealed });
    const { report } = await check(log, rewritten(forged));
    assert.ok(report.answers.mismatch > 0);
    assert.equal(report.mismatches[0]?.index, index);
    await log.vault.close();
  });

  test('a read set that is forged is caught, whatever the kernel makes of it', async () => {
    verifies('evidence.recompute');
    const log = await recorded();
    const opener = await openerOf(log);
    const entries = log.entries.map(entryOf);
    const forge = async (index: number, text: string): Promise<Outcome> => {
      const entry = entries[index];
      assert.ok(entry?.sealed);
      const key = await log.vault.subjectKey(entry.sealed.subject);
      assert.ok(key !== undefined);
      const { sealed } = sealPayload({ id: entry.sealed.subject, key }, text);
      return check(log, rewritten(entries.toSpliced(index, 1, { ...entry, sealed })));
    };
    let forged = 0;
    for (const [index, entry] of entries.entries()) {
      if (entry.kind !== 'decided') continue;
      const opened = opener.open(entry);
      assert.ok(opened.kind === 'opened');
      assert.ok(isSound(await forge(index, opened.text)), `entry ${index} as it was`);
      // What was sealed is a decision, whose read set is an object.
      const plain = JSON.parse(opened.text) as { decision: { readSet: Record<string, Json> } };
      const { readSet } = plain.decision;
      for (const name of Object.keys(readSet)) {
        for (const other of [null, 0, 'other', { a: 1 }]) {
          if (canonical(readSet[name] ?? null) === canonical(other)) continue;
          const changed = { ...plain.decision, readSet: { ...readSet, [name]: other } };
          const outcome = await forge(index, canonical({ ...plain, decision: changed }));
          assert.ok(!isSound(outcome), `entry ${index}: \`${name}\` is ${canonical(other)}`);
          forged += 1;
        }
      }
      const spaced = await forge(index, `${opened.text} `);
      assert.ok(!isSound(spaced), `entry ${index}: not canonical`);
    }
    assert.ok(forged > 100, `${forged} forged`);
    await log.vault.close();
  });

  test('what was erased is answered as erased, and what only cannot be opened is not', async () => {
    verifies('evidence.erasure');
    const log = await recorded();
    const [ada, bo] = [await log.vault.subject('ada'), await log.vault.subject('bo')];
    await log.vault.eraseSubject(ada.id);
    await log.vault.eraseSubject(bo.id);
    log.node('erasure', { subject: ada.id, sessions: ['ses_0001'], by: 'local' });
    const { complaint, report } = await check(log, log.entries);
    assert.equal(complaint, undefined);
    const answers = { recomputed: 0, erased: 5, 'missing opening': 5, mismatch: 0 };
    assert.deepEqual(report.answers, answers);
    await log.vault.close();
  });

  test('an action without an outcome is listed, and so is a time without a heartbeat', async () => {
    verifies('evidence.continuity');
    const log = await recorded();
    const step = await log.open('cy');
    const id = log.call(step, 'orders.get', { args: { order: 3 } });
    const other = log.call(step, 'orders.get', { args: { order: 4 } });
    const call = { tool: 'orders.get', args: { order: 4 } };
    const told = { decision: other, session: step.session, ...call, records: null, result: null };
    const outcome = { kind: 'outcome', at: log.at, ...told, status: 'unknown' } as const;
    log.tell(outcome, step, { call, redeemedAt: null });
    log.at += 600_000;
    log.node('heartbeat', { sessions: 1, inFlight: 1 });
    log.node('shutdown', {});
    log.at += 60_000;
    log.node('boot', { version: '0', kernel: '0', node: '24', resumedAt: 1, unfinished: 1 });
    log.node('boot', { version: '0', kernel: '0', node: '24', resumedAt: 1, unfinished: 1 });
    const { report } = await check(log, log.entries);
    assert.deepEqual(
      report.unfinished.map(({ decision, why }) => [decision, why]),
      [
        [id, 'has no outcome'],
        [other, 'outcome unknown'],
      ],
    );
    assert.deepEqual(
      report.gaps.map(({ kind }) => kind),
      ['silent', 'stopped', 'lost'],
    );
    await log.vault.close();
  });

  test('a log that continues another goes on with its chains, and with no others', async () => {
    const log = await recorded();
    const step = await log.open('cy');
    const rolledAt = log.entries.length;
    const before = { origin: 'log.example/before', size: rolledAt, root: '' };
    log.node('continues', before);
    log.call(step, 'orders.get', { args: { order: 3 }, result: 'paid' });
    log.close(step);
    await log.story('dan');
    const next = log.entries.slice(rolledAt);
    const { complaint, report } = await check(log, next);
    assert.equal(complaint, undefined);
    assert.equal(report.answers.recomputed, 5);
    assert.equal(report.answers['missing opening'], 1);
    assert.ok(!isSound(await check(log, next.toSpliced(2, 1))));
    assert.match((await check(log, next.slice(1))).complaint ?? '', /nothing began/);
    await log.vault.close();
  });

  test('a data directory verifies while nothing but its files is read', async () => {
    const log = await recorded();
    const place = await log.write();
    const record = openOffline({ place, rootKeyFile: null, openings: new Map() });
    const options = {
      policy: null,
      authorities: null,
      known: [],
      isTreeOnly: false,
      heartbeatMs: 60_000,
    };
    const onProgress = (): void => undefined;
    const verified = await verifyRecord(record, { ...options, key: log.signer.key, onProgress });
    assert.ok(verified.ok);
    assert.equal(verified.value.standing.rung, 'SIGNED, UNANCHORED');
    assert.equal(verified.value.record?.answers['missing opening'], 10);
    const root = new Uint8Array(32);
    const known = { key: log.signer.key, size: 5, root };
    const unkeyed = { ...options, key: null, onProgress };
    const forked = await verifyRecord(record, { ...unkeyed, known: [known] });
    assert.equal(forked.ok ? '' : forked.error.code, 'forked');
    const ahead = { key: log.signer.key, size: 500, root };
    const shorter = await verifyRecord(record, { ...unkeyed, known: [ahead] });
    assert.equal(shorter.ok ? '' : shorter.error.code, 'rolled-back');
  });
});
