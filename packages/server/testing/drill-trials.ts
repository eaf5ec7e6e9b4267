import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { isJsonObject, type JsonObject } from '@plumbline/core';

import type { DaemonClient } from '../src/client/daemon-client.ts';
import { get, post, text } from './ask-daemon.ts';
import { type DaemonHome, type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';
import { SUPPORT_PACT } from './guard-pact.ts';

/** What drills beside real work came to, in milliseconds. */
export type DrillReport = {
  readonly drills: number;
  readonly passed: number;
  /** Why the others did not. */
  readonly why: readonly string[];
  readonly latchedMs: Spread;
  readonly effectiveMs: Spread;
  readonly lastForwardMs: Spread;
  /** Actions of a real session of the agent meanwhile, and how many of them were refused. */
  readonly actions: number;
  readonly refused: number;
};

/** What drills came to in which the daemon was killed. */
export type KillReport = {
  readonly kills: number;
  /** How long after the drill began each kill came. */
  readonly afterMs: readonly number[];
  readonly interrupted: number;
  /** Kills that came only after the drill had ended. */
  readonly late: number;
  readonly madeUpFor: number;
  /** Drills without an end, or with two, halts that were left, and real sessions that were lost. */
  readonly wrong: readonly string[];
};

type Spread = { readonly median: number; readonly p99: number; readonly most: number };

/** Runs drills of an agent one after the other while a session of it works. */
export async function runDrills(count: number): Promise<DrillReport> {
  const home = makeHome({ 'drills.boundMs': '60000' });
  const program = await mustStart(home);
  const { client } = program;
  try {
    const session = await armed(client, SUPPORT_PACT);
    const work = working(client, session);
    const drills: JsonObject[] = [];
    for (let at = 0; at < count; at += 1) drills.push(await post(client, 'agents/support/drills'));
    const { actions, refused } = await work.stop();
    const spread = (name: string): Spread => spreadOf(drills.map((drill) => timeOf(drill, name)));
    return {
      drills: drills.length,
      passed: drills.filter(({ state }) => state === 'passed').length,
      why: drills.flatMap(({ why }) => (typeof why === 'string' ? [why] : [])),
      latchedMs: spread('latchedMs'),
      effectiveMs: spread('effectiveMs'),
      lastForwardMs: spread('lastForwardMs'),
      actions,
      refused,
    };
  } finally {
    await program.end('SIGKILL');
    home.remove();
  }
}

/** Kills the daemon again and again in a drill that came by its schedule. */
export async function killDrills(kills: number, home: DaemonHome): Promise<KillReport> {
  const wrong: string[] = [];
  const afterMs: number[] = [];
  const ends = { interrupted: 0, late: 0, madeUpFor: 0 };
  let program = await mustStart(home);
  const session = await armed(program.client, `${SUPPORT_PACT}drill: { every: 2s }\n`);
  for (let at = 0; at < kills; at += 1) {
    const before = await begun(program.client);
    const delay = (at * 53) % 400;
    await pause(delay);
    await program.end('SIGKILL');
    afterMs.push(delay);
    program = await mustStart(home);
    const { client } = program;
    const [last] = (await drillsOf(client)).filter(({ id }) => id === before);
    if (last?.['state'] === 'interrupted') ends.interrupted += 1;
    else if (last?.['endedAt'] != null) ends.late += 1;
    else wrong.push(`${before} has no end after a kill at ${delay} ms`);
    wrong.push(...(await leftIn(program, session)));
    if (await isMadeUpFor(client)) ends.madeUpFor += 1;
  }
  await program.end('SIGTERM');
  return { kills, afterMs, ...ends, wrong };
}

async function armed(client: DaemonClient, pact: string): Promise<string> {
  await post(client, 'agents', { agent: 'support' });
  const files = { 'a.yaml': pact };
  const published = { entry: 'a.yaml', files, mode: 'publish', reason: 'trials' };
  await post(client, 'agents/support/pacts', published);
  const attested = { principal: 'ada', attributes: { customer_id: 'c-1' } };
  return text((await post(client, 'agents/support/sessions', attested))['session']);
}

type Worked = { readonly actions: number; readonly refused: number };

function working(client: DaemonClient, session: string): { readonly stop: () => Promise<Worked> } {
  const ending = new AbortController();
  let actions = 0;
  let refused = 0;
  const work = async (): Promise<Worked> => {
    for (; !ending.signal.aborted; actions += 1) {
      if (!(await isDone(client, session, `w-${actions}`))) refused += 1;
      await pause(5);
    }
    return { actions, refused };
  };
  const running = work();
  return {
    stop: () => {
      ending.abort();
      return running;
    },
  };
}

/** Has one real action decided, redeemed and reported. */
async function isDone(client: DaemonClient, session: string, request: string): Promise<boolean> {
  const action = { session, request, tool: 'orders.get', args: { order: 'a' } };
  const { permit = null, decision = '' } = await post(
    client,
    'agents/support/actions/decide',
    action,
  );
  if (!isJsonObject(permit)) return false;
  await pause(1);
  const token = text(permit['token']);
  const redeemed = await post(client, 'agents/support/permits/redeem', { token }).catch(() => null);
  if (redeemed === null) return false;
  const outcome = { session, decision: text(decision), status: 'ok', result: null };
  await post(client, 'agents/support/outcomes', outcome);
  return true;
}

async function drillsOf(client: DaemonClient): Promise<readonly JsonObject[]> {
  const { rows } = await get(client, 'agents/support/drills');
  return Array.isArray(rows) ? rows.filter(isJsonObject) : [];
}

/** Resolves with the id of a drill as soon as it runs. */
async function begun(client: DaemonClient): Promise<string> {
  for (;;) {
    const running = (await drillsOf(client)).find(({ state }) => state === 'running');
    if (running !== undefined) return text(running['id']);
    await pause(5);
  }
}

async function leftIn({ client }: DaemonProgram, session: string): Promise<readonly string[]> {
  const { rows } = await get(client, 'halts');
  const halts = Array.isArray(rows) ? rows.length : -1;
  const works = await isDone(client, session, `after-${performance.now()}`);
  return [
    ...(halts === 0 ? [] : [`${halts} halts are listed`]),
    ...(works ? [] : ['the real session does not work']),
  ];
}

async function isMadeUpFor(client: DaemonClient): Promise<boolean> {
  for (let tries = 0; tries < 400; tries += 1) {
    const last = (await drillsOf(client)).find(({ state }) => state !== 'running');
    if (last?.['state'] === 'passed') return true;
    await pause(25);
  }
  return false;
}

function timeOf({ times = null }: JsonObject, name: string): number {
  return isJsonObject(times) ? Number(times[name]) : Number.NaN;
}

function spreadOf(all: readonly number[]): Spread {
  const sorted = all.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), most: at(1) };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      drills: { type: 'string', default: '100' },
      kills: { type: 'string', default: '20' },
      keep: { type: 'boolean', default: false },
    },
  });
  const beside = await runDrills(Number(values.drills));
  const home = makeHome({ 'drills.boundMs': '60000' });
  const killed = await killDrills(Number(values.kills), home);
  if (!values.keep) home.remove();
  const where = values.keep ? { data: home.data, rootKey: home.rootKey } : {};
  process.stdout.write(`${JSON.stringify({ beside, killed, ...where }, null, 2)}\n`);
  const isGood = beside.refused === 0 && beside.passed === beside.drills;
  process.exit(isGood && killed.wrong.length === 0 ? 0 : 1);
}
