import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, isJsonObject, type Json, type JsonObject, parseEntry } from '@plumbline/core';
import {
  encodeBase64,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  verifyLog,
} from '@plumbline/ledger';

import { ClientError, type DaemonClient } from '../src/client/daemon-client.ts';
import { folderSource } from '../src/ledger/log-source.ts';
import { primitives } from '../src/ledger/primitives.ts';
import { bankingProposal } from './banking-pact.ts';
import { type Acknowledged, startLoad } from './daemon-load.ts';
import { type DaemonHome, type DaemonProgram, mustStart } from './daemon-program.ts';

/** What rounds of killing a daemon under load saw. Nothing of it may be lost. */
export type Rounds = {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly entries: number;
  readonly unfinished: number;
  /** From the kill to the first answer of the next daemon. */
  readonly slowestRestartMs: number;
};

/** How long to go on: rounds, or until a moment of the clock. */
export type Until = { readonly rounds: number; readonly untilMs: number };

/**
 * Kills a daemon with `SIGKILL` under load again and again, and after each time holds it to what
 * it acknowledged. Throws at the first thing that was lost.
 */
export async function crashDaemon(home: DaemonHome, until: Until): Promise<Rounds> {
  const all: Acknowledged[] = [];
  let [slowestRestartMs, entries, unfinished, round] = [0, 0, 0, 0];
  let program = await mustStart(home);
  await post(program.client, 'agents', { agent: 'banking' });
  await post(program.client, 'agents/banking/pacts', bankingProposal());
  while (round < until.rounds && Date.now() < until.untilMs) {
    const seen = await loadAndKill(program, round);
    assert.ok(seen.length > 0, 'nothing was acknowledged before the kill');
    all.push(...seen);
    const startedMs = Date.now();
    program = await mustStart(home);
    slowestRestartMs = Math.max(slowestRestartMs, Date.now() - startedMs);
    ({ entries, unfinished } = await checkRound({ home, program, all, seen }));
    round += 1;
  }
  await program.end('SIGTERM');
  return { rounds: round, acknowledged: all.length, entries, unfinished, slowestRestartMs };
}

async function loadAndKill(
  program: DaemonProgram,
  round: number,
): Promise<readonly Acknowledged[]> {
  const { session } = await post(program.client, 'agents/banking/sessions', {
    principal: `p-${round}`,
    task: 'pay-bill',
  });
  const prefix = `round-${round}`;
  const load = startLoad(program.started.socket, { session: textOf(session), prefix, width: 32 });
  // Between one publishing and the next, and now and then within one.
  while (load.acknowledged.length === 0) await sleep(5);
  await sleep(100 + ((round * 137) % 900));
  await program.end('SIGKILL');
  load.stop();
  return [...load.acknowledged];
}

function textOf(value: Json | undefined): string {
  assert.equal(typeof value, 'string');
  return typeof value === 'string' ? value : '';
}

type Checking = {
  readonly home: DaemonHome;
  readonly program: DaemonProgram;
  readonly all: readonly Acknowledged[];
  readonly seen: readonly Acknowledged[];
};

async function checkRound({ home, program, all, seen }: Checking): Promise<{
  readonly entries: number;
  readonly unfinished: number;
}> {
  const entries = await verifiedEntries(home, program);
  checkChains(entries);
  const decided = new Map(
    entries.flatMap(({ entry }, index) =>
      entry.kind === 'decided' ? [[textOf(entry.open['decision']), index] as const] : [],
    ),
  );
  const outcomes = new Set(
    entries.flatMap(({ entry }) => (entry.kind === 'outcome' ? [entry.open['decision']] : [])),
  );
  for (const each of all) {
    assert.equal(decided.get(each.decision), each.index, `lost: ${JSON.stringify(each)}`);
    if (each.reported) assert.ok(outcomes.has(each.decision), `outcome lost: ${each.decision}`);
  }
  await checkEarlierPermits(program.client, seen);
  await checkRepeats(program.client, seen);
  const boot = entries.findLast(({ entry }) => entry.kind === 'boot');
  const unfinished = Number(boot?.entry.open['unfinished']);
  const open = [...decided.keys()].filter((decision) => !outcomes.has(decision));
  // Probes of the self-test are refused, so that they are never under way.
  const refused = entries.filter(
    ({ entry }) => entry.kind === 'decided' && entry.open['verdict'] !== 'allow',
  ).length;
  assert.equal(unfinished, open.length - refused, 'intents without outcome are counted');
  return { entries: entries.length, unfinished };
}

type Read = { readonly entry: Entry; readonly leaf: string };

/** Verifies the published log with the verifier's own code, and returns its entries. */
async function verifiedEntries(
  { data: folder }: DaemonHome,
  { client, started }: DaemonProgram,
): Promise<readonly Read[]> {
  const { durableSize } = await get(client, 'log');
  const log = join(folder, 'log');
  const key = parseVerifierKey(primitives.sha256, started.verifierKey);
  assert.ok(key.ok);
  for (;;) {
    const bytes = readFileSync(join(log, 'checkpoint'));
    const opened = await openCheckpoint(primitives, bytes, key.value);
    assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
    const { checkpoint } = opened.value;
    if (checkpoint.size < Number(durableSize)) {
      await sleep(50);
      continue;
    }
    const entries: Read[] = [];
    const report = await verifyLog(primitives.sha256, {
      checkpoint,
      source: folderSource(log),
      anchors: [],
      checkEntry: (entry) => {
        const parsed = parseEntry(entry);
        if (!parsed.ok) return parsed.error;
        const leaf = encodeBase64(leafHash(primitives.sha256, entry));
        entries.push({ entry: parsed.value, leaf });
        return undefined;
      },
    });
    assert.ok(report.ok, report.ok ? '' : report.error.message);
    return entries;
  }
}

function checkChains(entries: readonly Read[]): void {
  const heads = new Map<string, { readonly n: number; readonly prev: string }>();
  for (const { entry, leaf } of entries) {
    const chain = `${entry.agent ?? ''}/${entry.session ?? ''}`;
    const head = heads.get(chain);
    assert.equal(entry.n, head === undefined ? 0 : head.n + 1, `a gap in chain ${chain}`);
    assert.equal(entry.prev, head?.prev ?? null, `a break in chain ${chain}`);
    heads.set(chain, { n: entry.n, prev: leaf });
  }
}

/** What was permitted before the kill is unknown to the next daemon. */
async function checkEarlierPermits(
  client: DaemonClient,
  seen: readonly Acknowledged[],
): Promise<void> {
  for (const { token } of seen.slice(-3)) {
    await assert.rejects(post(client, 'agents/banking/permits/redeem', { token }), (cause) => {
      assert.ok(cause instanceof ClientError);
      assert.equal(cause.code, 'permit-unknown');
      return true;
    });
  }
}

/** A request that was answered before gets the same answer from the next daemon. */
async function checkRepeats(client: DaemonClient, seen: readonly Acknowledged[]): Promise<void> {
  for (const { session, request, decision } of seen.slice(-3)) {
    const again = { session, request, tool: 'get_balance', args: {} };
    const said = await post(client, 'agents/banking/actions/decide', again);
    assert.equal(said['decision'], decision);
    assert.equal(said['isRepeat'], true);
  }
}

async function post(client: DaemonClient, path: string, body: JsonObject): Promise<JsonObject> {
  const said = await client.ask({ method: 'POST', path: `/api/v1/${path}`, body });
  assert.ok(isJsonObject(said));
  return said;
}

async function get(client: DaemonClient, path: string): Promise<JsonObject> {
  const said = await client.ask({ method: 'GET', path: `/api/v1/${path}` });
  assert.ok(isJsonObject(said));
  return said;
}
