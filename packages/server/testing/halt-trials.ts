import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { type DaemonClient, openClient, type Target } from '../src/client/daemon-client.ts';
import { get, post, text } from './ask-daemon.ts';
import { type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';
import { SUPPORT_PACT } from './guard-pact.ts';
import { startWorker, untilUnderWay, type Worker } from './halt-processes.ts';
import { stampUs } from './halt-worker.ts';

/** How many trials, and under what. */
export type TrialOptions = {
  readonly trials: number;
  /** Enforcement processes on each of the two ways in. */
  readonly each: number;
  /** Other actions under way at the daemon at once; 0: none. */
  readonly load: number;
  /** How long the arguments of those other actions are. */
  readonly loadChars: number;
  /** Calls under way in each process at once. */
  readonly width: number;
  /** How many permits each process holds before it forwards one every millisecond; 0: none. */
  readonly hoard: number;
};

/** What trials came to. Times are in milliseconds. */
export type TrialReport = {
  readonly trials: number;
  readonly forwarded: number;
  /** From the request's first byte to the last action first forwarded anywhere. */
  readonly last: Spread;
  /** From the same to the answer that it is latched, and to the one that it is effective. */
  readonly latched: Spread;
  readonly effective: Spread;
  /** Actions first forwarded after somebody was told that the halt is effective. */
  readonly afterEffective: number;
  /** Trials in which something was under way. */
  readonly busy: number;
};

/** A spread of times in milliseconds. */
export type Spread = {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
};

type Trial = {
  readonly lastMs: number;
  readonly latchedMs: number;
  readonly effectiveMs: number;
  readonly late: number;
  readonly forwarded: number;
  readonly before: number;
};

/** Halts an agent again and again while processes forward its actions on both ways in. */
export async function runHaltTrials(options: TrialOptions): Promise<TrialReport> {
  const home = makeHome({ 'guard.leaseMs': '2000' });
  const program = await mustStart(home);
  const scene = await sceneOf(program, options);
  const trials: Trial[] = [];
  try {
    for (let at = 0; at < options.trials; at += 1) trials.push(await runTrial(scene, at));
  } finally {
    scene.end();
    await program.end('SIGKILL');
    home.remove();
  }
  return reportOf(trials);
}

type Scene = {
  readonly program: DaemonProgram;
  readonly http: DaemonClient;
  readonly workers: readonly Worker[];
  readonly end: () => void;
};

async function sceneOf(program: DaemonProgram, options: TrialOptions): Promise<Scene> {
  const { client, started } = program;
  const pact = { entry: 'a.yaml', files: { 'a.yaml': SUPPORT_PACT }, mode: 'publish', reason: 'x' };
  for (const agent of ['support', 'support-load']) {
    await post(client, 'agents', { agent });
    await post(client, `agents/${agent}/pacts`, pact);
  }
  const agentKey = await post(client, 'keys', { kind: 'agent', name: 'a', agents: ['support'] });
  const person = await post(client, 'keys', { kind: 'person', name: 'ops', roles: ['operator'] });
  const url = started.url ?? '';
  const ways: readonly Target[] = [
    { kind: 'socket', path: started.socket },
    { kind: 'url', url, key: text(agentKey['token']) },
  ];
  const workers = ways.flatMap((target, way) => {
    return Array.from({ length: options.each }, (_, at) => {
      const name = `${target.kind}-${way}-${at}`;
      const hoard = options.hoard > 0 ? { hoard: { permits: options.hoard, everyMs: 1 } } : {};
      const start = { target, agent: 'support', name, width: options.width, callMs: 5, ...hoard };
      return startWorker(start);
    });
  });
  await Promise.all(workers.map(({ said }) => said('ready')));
  const loads = await startLoads(program, options);
  return {
    program,
    http: openClient({ kind: 'url', url, key: text(person['token']) }),
    workers,
    end: () => {
      for (const { child } of workers) child.kill('SIGKILL');
      for (const child of loads) child.kill('SIGKILL');
    },
  };
}

async function startLoads(
  program: DaemonProgram,
  { load: width, loadChars: argChars }: TrialOptions,
): Promise<readonly ChildProcess[]> {
  if (width === 0) return [];
  const agent = 'support-load';
  const target: Target = { kind: 'socket', path: program.started.socket };
  const worker = startWorker({ target, agent, name: 'load', width, callMs: 1, argChars });
  await worker.said('ready');
  worker.tell({ kind: 'go', session: await openSession(program.client, agent) });
  // Its session takes so many requests; another follows in time.
  const timer = setInterval(() => {
    openSession(program.client, agent)
      .then((session) => worker.tell({ kind: 'go', session }))
      .catch(() => undefined);
  }, 1_000);
  timer.unref();
  worker.child.once('exit', () => clearInterval(timer));
  return [worker.child];
}

async function openSession(client: DaemonClient, agent: string): Promise<string> {
  const attested = { principal: 'ada', attributes: { customer_id: 'c-1' } };
  return text((await post(client, `agents/${agent}/sessions`, attested))['session']);
}

const STOP = { scope: 'agent', reason: 'a trial' };

async function runTrial(scene: Scene, at: number): Promise<Trial> {
  const { program, http, workers } = scene;
  const session = await openSession(program.client, 'support');
  const under = workers.map((worker) => untilUnderWay(worker, session));
  for (const { tell } of workers) tell({ kind: 'go', session });
  await Promise.all(under);
  await pause(5 + ((at * 7) % 31));
  // Every other halt comes by HTTP with a key, the rest by the socket.
  const client = at % 2 === 0 ? http : program.client;
  const since = stampUs();
  const halted = await post(client, 'agents/support/halt', STOP);
  const latched = stampUs();
  const halt = text(halted['halt']);
  const seen = await get(client, `halts/${halt}?waitMs=30000`);
  const effective = stampUs();
  if (seen['state'] !== 'effective') throw new Error(`not effective: ${JSON.stringify(seen)}`);
  // Whoever would forward late has the time to.
  await pause(15);
  const handed = workers.map(({ said }) => said('forwarded'));
  for (const { tell } of workers) tell({ kind: 'hand-over' });
  const stamps = (await Promise.all(handed)).flatMap((said) => said.stamps);
  await post(program.client, 'agents/support/resume', { scope: 'agent', reason: 'next' });
  await post(program.client, `agents/support/sessions/${session}/close`);
  const after = stamps.filter((stamp) => stamp > since);
  const late = stamps.filter((stamp) => stamp > effective).length;
  return {
    lastMs: after.length === 0 ? 0 : (Math.max(...after) - since) / 1_000,
    latchedMs: (latched - since) / 1_000,
    effectiveMs: (effective - since) / 1_000,
    late,
    forwarded: stamps.length,
    before: stamps.length - after.length,
  };
}

function reportOf(trials: readonly Trial[]): TrialReport {
  return {
    trials: trials.length,
    forwarded: trials.reduce((sum, { forwarded }) => sum + forwarded, 0),
    last: spreadOf(trials.map(({ lastMs }) => lastMs)),
    latched: spreadOf(trials.map(({ latchedMs }) => latchedMs)),
    effective: spreadOf(trials.map(({ effectiveMs }) => effectiveMs)),
    afterEffective: trials.reduce((sum, { late }) => sum + late, 0),
    busy: trials.filter(({ before }) => before > 0).length,
  };
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '1000' },
      each: { type: 'string', default: '4' },
      load: { type: 'string', default: '0' },
      'load-chars': { type: 'string', default: '5' },
      width: { type: 'string', default: '2' },
      hoard: { type: 'string', default: '0' },
    },
  });
  const [trials = 0, each = 0, load = 0, loadChars = 0, width = 0, hoard = 0] = [
    values.trials,
    values.each,
    values.load,
    values['load-chars'],
    values.width,
    values.hoard,
  ].map(Number);
  const report = await runHaltTrials({ trials, each, load, loadChars, width, hoard });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exit(report.afterEffective === 0 ? 0 : 1);
}
