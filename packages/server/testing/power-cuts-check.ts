import assert from 'node:assert/strict';

import {
  type CompiledPact,
  type Entry,
  type Json,
  type Opened,
  parseEntry,
  RecordCheck,
  type RecordReport,
} from '@plumbline/core';
import {
  encodeBase64,
  encodeUtf8,
  Frontier,
  leafHash,
  openCheckpoint,
  verifyLog,
} from '@plumbline/ledger';

import type { Desk } from '../src/guard/desk.ts';
import { haltDeskOf } from '../src/guard/halts/open-halts.ts';
import { restoreAgents } from '../src/guard/restore.ts';
import { TokenTable } from '../src/guard/token-table.ts';
import { saveAgent, type SavedAgent } from '../src/guard/saved-agent.ts';
import { diskSource } from '../src/ledger/disk-source.ts';
import { primitives } from '../src/ledger/primitives.ts';
import type { Sequencer } from '../src/ledger/sequencer.ts';
import { Recorder } from '../src/record/recorder.ts';
import { openWith } from './open-with.ts';
import type { Life } from './power-cuts-life.ts';
import { compileBlob, MOST } from './power-cuts-pact.ts';
import type { World } from './power-cuts-world.ts';

const BATCH = 1_024;

/** Everything durable, in order. */
export async function readAll(log: Pick<Sequencer, 'read'>): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (;;) {
    const batch = await log.read(entries.length, BATCH);
    if (batch.length === 0) return entries;
    entries.push(...batch);
  }
}

/** Nothing that anybody was told is lost, moved or changed, and nothing signed is contradicted. */
export function checkTold(world: World, entries: readonly Uint8Array[]): readonly Entry[] {
  const { told, lastEntries } = world;
  for (const [index, bytes] of told.entries) {
    const found = entries[index];
    assert.ok(found !== undefined, `acknowledged entry ${index} of ${entries.length} is lost`);
    assert.ok(Buffer.compare(found, bytes) === 0, `acknowledged entry ${index} has changed`);
  }
  for (const [index, bytes] of lastEntries.entries()) {
    const found = entries[index] ?? new Uint8Array(0);
    assert.ok(Buffer.compare(found, bytes) === 0, `entry ${index} was there at an earlier start`);
  }
  world.lastEntries = entries;
  checkSigned(world, entries);
  const read = entries.map((bytes, index) => {
    const parsed = parseEntry(bytes);
    assert.ok(parsed.ok, parsed.ok ? '' : `entry ${index} ${parsed.error}`);
    return parsed.value;
  });
  for (const { index, kind, agent, says = {} } of told.claims) {
    const entry = read[index];
    assert.deepEqual([entry?.kind, entry?.agent], [kind, agent], `entry ${index} is another`);
    for (const [key, value] of Object.entries(says)) {
      assert.deepEqual(entry?.open[key], value, `entry ${index} says otherwise`);
    }
  }
  return read;
}

/** Every text ever signed is a beginning of the log, so that any two of them are consistent. */
function checkSigned({ signed }: World, entries: readonly Uint8Array[]): void {
  const frontier = new Frontier(primitives.sha256, () => undefined);
  const roots = [encodeBase64(frontier.root())];
  for (const entry of entries) {
    frontier.append(leafHash(primitives.sha256, entry));
    roots.push(encodeBase64(frontier.root()));
  }
  for (const text of signed) {
    const [, size, root] = text.split('\n');
    assert.equal(root, roots[Number(size)], `a fork was signed at size ${size}`);
  }
}

/** What the open parts of entries say of one agent. */
type Folded = {
  /** What was let through and is not reported, with its session. */
  readonly flights: Map<string, string>;
  /** The same in sessions that were closed: nobody can report it any more. */
  readonly lost: Set<string>;
  /** Recorded as never sent: by whom it was reported, or by a halt. */
  readonly notSent: Set<string>;
  readonly sessions: Set<string>;
  readonly halts: Set<string>;
  epoch: number;
  pact: Json;
};

/** Folds open parts alone: another way than the guard's to the same. */
function foldOpen(entries: readonly Entry[]): ReadonlyMap<string, Folded> {
  const agents = new Map<string, Folded>();
  for (const entry of entries) {
    if (entry.agent === null) continue;
    const known = agents.get(entry.agent) ?? {
      flights: new Map(),
      lost: new Set(),
      notSent: new Set(),
      sessions: new Set(),
      halts: new Set(),
      epoch: 0,
      pact: null,
    };
    agents.set(entry.agent, known);
    foldOne(known, entry);
  }
  return agents;
}

function foldOne(folded: Folded, { kind, open, session }: Entry): void {
  const { decision, verdict, status, scope, target, epoch } = open;
  const key = `${textOf(scope)}:${textOf(target)}`;
  if (kind === 'session_opened') folded.sessions.add(session ?? '');
  if (kind === 'session_closed') close(folded, session ?? '');
  if (kind === 'decided' && isLet(verdict)) {
    folded.flights.set(textOf(decision), session ?? '');
  }
  if (kind === 'outcome' && status !== 'unknown') folded.flights.delete(textOf(decision));
  if (kind === 'outcome' && status === 'not_sent') folded.notSent.add(textOf(decision));
  if (kind === 'halt') folded.halts.add(key);
  if (kind === 'halt') folded.epoch = Math.max(folded.epoch, Number(epoch));
  if (kind === 'resume') folded.halts.delete(key);
  if (kind === 'armed') folded.pact = open['pact'] ?? null;
}

function close({ sessions, flights, lost }: Folded, session: string): void {
  sessions.delete(session);
  for (const [decision, of] of flights) {
    if (of !== session) continue;
    flights.delete(decision);
    lost.add(decision);
  }
}

function isLet(verdict: Json | undefined): boolean {
  return verdict === 'allow' || verdict === 'modify';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** What a guard restored is what the log says, and what callers were told. */
export function checkRestored(world: World, life: Life, entries: readonly Entry[]): void {
  const folded = foldOpen(entries);
  const states = new Map(life.opened.states().map((state) => [state.agent, state]));
  let unfinished = 0;
  for (const [agent, { flights, sessions, halts, epoch, pact }] of folded) {
    const state = states.get(agent);
    const found = {
      flights: [...(state?.flights.keys() ?? [])].sort(),
      sessions: [...(state?.sessions.keys() ?? [])].sort(),
      epoch: state?.epoch ?? 0,
      pact: state?.pact ?? null,
      isHalted: state?.halts.has('agent') ?? false,
    };
    const expected = {
      flights: [...flights.keys()].sort(),
      sessions: [...sessions].sort(),
      epoch,
      pact,
      isHalted: halts.has('agent:'),
    };
    assert.deepEqual(found, expected, `\`${agent}\` was restored otherwise`);
    unfinished += flights.size;
    assert.equal(life.opened.guard.status(agent)?.inFlight ?? 0, flights.size);
  }
  assert.equal(life.opened.unfinished(), unfinished);
  checkTokens(world, life);
  checkIntents(world, folded);
}

/** No permit outlives the program that gave it. */
function checkTokens({ told }: World, life: Life): void {
  for (const { agent, token } of told.decisions.values()) {
    if (token === null) continue;
    const redeemed = life.opened.guard.redeem({ agent, token });
    assert.equal(redeemed.ok ? 'redeemed' : redeemed.error.code, 'permit-unknown');
  }
}

const NOTHING = { flights: new Map(), lost: new Set(), notSent: new Set() };

/** What was let through and never reported is in flight; what was reported is not. */
function checkIntents({ told }: World, folded: ReadonlyMap<string, Folded>): void {
  for (const { agent, decision, verdict } of told.decisions.values()) {
    const { flights, lost, notSent } = folded.get(agent) ?? NOTHING;
    const isInFlight = flights.has(decision) || lost.has(decision);
    if (!isLet(verdict) || told.ended.has(decision)) assert.ok(!isInFlight, decision);
    else if (!told.ending.has(decision)) {
      const isWithdrawn = notSent.has(decision) && !told.redeemed.has(decision);
      assert.ok(isInFlight || isWithdrawn, `intent ${decision} is not visible`);
    }
  }
}

/** A snapshot and the whole log restore the same agents, to the last request. */
export async function checkBothPaths({ parts }: Life): Promise<number> {
  const { snapshots: _, ...folding } = parts;
  const [quick, slow] = [await restored(parts), await restored(folding)];
  assert.deepEqual(
    quick.agents,
    slow.agents,
    `the snapshot of ${quick.foldedFrom} entries differs`,
  );
  assert.equal(slow.foldedFrom, 0);
  return quick.foldedFrom;
}

/** The agents that a start restores, in their own words. */
export async function restored(
  parts: Life['parts'],
): Promise<{ readonly agents: readonly SavedAgent[]; readonly foldedFrom: number }> {
  const { sequencer } = parts;
  const desk: Desk = {
    parts: { ...parts, recorder: new Recorder({ sequencer }) },
    random: (size) => new Uint8Array(size),
    agents: new Map(),
    locks: new Map(),
    tokens: new TokenTable(),
    stopped: null,
    forgotten: new Set(),
    haltListeners: new Set(),
    snapshotting: Promise.resolve(),
    halts: haltDeskOf(parts, new Map(), { settled: () => undefined, noticed: () => undefined }),
  };
  const { foldedFrom } = await restoreAgents(desk);
  const agents = [...desk.agents.values()].map(saveAgent);
  return { agents: agents.sort((a, b) => (a.agent < b.agent ? -1 : 1)), foldedFrom };
}

const MOST_TURNS = 10_000;

/**
 * Waits until nothing is written any more that nobody waits for: what halts say of themselves once
 * they are effective, and that an approval ran out, which is recorded with the refusal of a vote.
 */
export async function untilQuiet({ log, opened: { guard } }: Life): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const written = new Set<string>();
    for (const bytes of await readAll(log)) {
      const parsed = parseEntry(bytes);
      if (parsed.ok && parsed.value.kind === 'halt_effective') {
        written.add(textOf(parsed.value.open['halt']));
      }
    }
    const missing = guard.halts().filter(({ halt }) => !written.has(halt));
    const { nextIndex, durableSize } = log.status();
    const isWritten = missing.every(({ state }) => state !== 'effective');
    if (isWritten && nextIndex === durableSize) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('a halt is effective and the log never says so, or it never comes to rest');
}

/** What a stranger says of the whole record, who holds the key of everybody not erased. */
export async function checkRecord(world: World, life: Life): Promise<RecordReport> {
  const entries = await readAll(life.log);
  const read = checkTold(world, entries);
  const blobs = await blobsIn(life, read);
  const pacts = new Map<string, CompiledPact>();
  const keys = new Map<string, Uint8Array>();
  for (const { open, sealed } of read) {
    const bytes = blobs.get(textOf(open['sources']));
    if (bytes !== undefined) pacts.set(textOf(open['pact']), compileBlob(bytes));
    const key = sealed === null ? undefined : await life.vault.subjectKey(sealed.subject);
    if (sealed !== null && key !== undefined) keys.set(sealed.subject, key);
  }
  const lent = {
    open: (entry: Entry) => openWith({ keys, blobs }, entry),
    pactOf: (digest: string) => pacts.get(digest),
  };
  const check = new RecordCheck(lent, { heartbeatMs: 86_400_000, isPartial: false });
  for (const [index, bytes] of entries.entries()) {
    const leaf = Buffer.from(leafHash(primitives.sha256, bytes)).toString('base64');
    assert.equal(check.take(bytes, index, leaf), undefined, `entry ${index}`);
  }
  const report = check.report();
  judge(report, read);
  for (const subject of world.told.erased) assert.ok(!keys.has(subject), 'a key came back');
  checkLimits(read, (entry) => openWith({ keys: world.keys, blobs }, entry));
  await checkServed(life);
  return report;
}

function judge(report: RecordReport, entries: readonly Entry[]): void {
  const { decisions, answers, states } = report;
  const { recomputed, erased, mismatch } = answers;
  assert.deepEqual(report.mismatches, []);
  assert.deepEqual(report.broken, []);
  assert.deepEqual(report.otherStates, []);
  assert.deepEqual([mismatch, answers['missing opening']], [0, 0]);
  assert.equal(recomputed + erased, decisions);
  const isWhole = entries.every(({ kind }) => kind !== 'erasure');
  if (isWhole) assert.equal(states.same, decisions);
  let unfinished = 0;
  for (const { flights, lost } of foldOpen(entries).values())
    unfinished += flights.size + lost.size;
  assert.equal(report.unfinishedCount, unfinished);
}

async function blobsIn(
  { log }: Life,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const blobs = new Map<string, Uint8Array>();
  for (const { open, sealed } of entries) {
    const digest = sealed !== null && 'blob' in sealed ? sealed.blob.digest : open['sources'];
    if (typeof digest !== 'string' || blobs.has(digest)) continue;
    const bytes = await log.blob(digest);
    assert.ok(bytes !== undefined, `blob ${digest} is missing`);
    blobs.set(digest, bytes);
  }
  return blobs;
}

type Let = { readonly keys: readonly string[]; readonly cents: bigint };

/** At no moment was more let through than the pact says, crashes or not. */
function checkLimits(entries: readonly Entry[], open: (entry: Entry) => Opened): void {
  const calls = new Map<string, number>();
  const cents = new Map<string, bigint>();
  const flights = new Map<string, Let>();
  const add = ({ keys, cents: amount }: Let, sign: 1 | -1): void => {
    for (const key of keys) {
      calls.set(key, (calls.get(key) ?? 0) + sign);
      cents.set(key, (cents.get(key) ?? 0n) + BigInt(sign) * amount);
    }
  };
  for (const [index, entry] of entries.entries()) {
    const id = textOf(entry.open['decision']);
    if (entry.kind === 'decided' && isLet(entry.open['verdict'])) {
      const taken = letBy(entry, open(entry));
      flights.set(id, taken);
      add(taken, 1);
      for (const key of taken.keys) {
        assert.ok((calls.get(key) ?? 0) <= mostOf(key), `entry ${index}: too many of ${key}`);
        assert.ok((cents.get(key) ?? 0n) <= MOST.refundedPerDay, `entry ${index}: over budget`);
      }
    }
    const flight = flights.get(id);
    if (entry.kind !== 'outcome' || flight === undefined) continue;
    if (entry.open['status'] === 'not_sent') add(flight, -1);
    if (entry.open['status'] !== 'unknown') flights.delete(id);
  }
}

function letBy(entry: Entry, opened: Opened): Let {
  assert.ok(opened.kind === 'opened');
  // It was opened under its commitment, so this is what the recorder wrote.
  const { action } = JSON.parse(opened.text) as {
    readonly action: { readonly tool: string; readonly args: { readonly amount?: string } };
  };
  const { at, agent, session } = entry;
  if (action.tool === 'refund.pay') {
    const key = `refunds ${agent} ${Math.floor(at / 86_400_000)}`;
    return { keys: [key], cents: BigInt((action.args.amount ?? '').replace('.', '')) };
  }
  if (action.tool === 'note.add') return { keys: [`notes ${session}`], cents: 0n };
  if (action.tool === 'page.read') {
    return { keys: [`reads ${agent} ${Math.floor(at / 3_600_000)}`], cents: 0n };
  }
  return { keys: [], cents: 0n };
}

function mostOf(key: string): number {
  if (key.startsWith('refunds')) return MOST.refundsPerDay;
  return key.startsWith('notes') ? MOST.notesPerSession : MOST.readsPerHour;
}

/** What is served verifies from its files alone. */
async function checkServed({ log, disk }: Life): Promise<void> {
  await log.publish();
  const opened = await openCheckpoint(primitives, encodeUtf8(log.checkpoint()), log.key());
  assert.ok(opened.ok);
  const { checkpoint } = opened.value;
  assert.equal(checkpoint.size, log.status().durableSize);
  const claim = { source: diskSource(disk, 'log'), checkpoint, anchors: [] };
  const verified = await verifyLog(primitives.sha256, claim);
  assert.ok(verified.ok, verified.ok ? '' : verified.error.message);
}
