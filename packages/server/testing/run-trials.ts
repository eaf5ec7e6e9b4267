import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { ClientError } from '../src/client/daemon-client.ts';
import { readTree } from '../src/supervisor/watch/tree.ts';
import { get, post, text } from './ask-daemon.ts';
import { type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';
import { drops, forward, type HeldCalls, holdCalls } from './held-calls.ts';
import type { RunOrder, RunSaid } from './run-worker.ts';
import { armSupport, workFolder } from './sandbox-scene.ts';

/** What trials of halts of supervised agents came to. Times are in ms after `latched`. */
export type RunReport = {
  readonly trials: number;
  /** Of each trial, how many processes, connections and calls with a credential there were. */
  readonly processes: number;
  readonly connections: number;
  readonly calls: number;
  /** When the last of each, and everything was gone, seen from outside. */
  readonly processesMs: Spread;
  readonly networkMs: Spread;
  readonly callsMs: Spread;
  /** How often the ledger says that the secret was taken out of memory. */
  readonly dropped: number;
  readonly goneMs: Spread;
  readonly effectiveMs: Spread;
  /** Actions of the session that were let through after `latched`. */
  readonly letThrough: number;
  /** What was still there when the halt was said to be effective. */
  readonly leftAtEffective: number;
};

type Spread = { readonly median: number; readonly p99: number; readonly most: number };

type Trial = {
  readonly processes: number;
  readonly connections: number;
  readonly calls: number;
  readonly processesMs: number;
  readonly networkMs: number;
  readonly callsMs: number;
  readonly effectiveMs: number;
  readonly letThrough: number;
  readonly left: number;
};

const WORKER = fileURLToPath(new URL('./run-worker.ts', import.meta.url));
const PATIENCE_MS = 10_000;

/** Halts an agent whose children hide, ignore and hold, so many times, under another supervisor. */
export async function runTrials(trials: number): Promise<RunReport> {
  const calls = await holdCalls();
  const home = makeHome(calls.settings);
  const program = await mustStart(home);
  const worker = fork(WORKER, { execArgv: ['--conditions=plumbline-source'] });
  const held = new Set<Socket>();
  const far = createServer((socket) => {
    held.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => held.delete(socket));
  });
  const all: Trial[] = [];
  try {
    await armSupport(program.client);
    await calls.prepare(program.client);
    const port = await portOf(far);
    const place = { program, worker, held, port, calls };
    for (let at = 0; at < trials; at += 1) all.push(await trial(place));
    return { ...reportOf(all), dropped: await drops(program.client) };
  } finally {
    worker.kill('SIGKILL');
    far.close();
    await program.end('SIGKILL');
    await calls.close();
    home.remove();
  }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on an address has one.
  return (server.address() as AddressInfo).port;
}

type Place = {
  readonly program: DaemonProgram;
  readonly worker: ChildProcess;
  readonly held: ReadonlySet<Socket>;
  readonly port: number;
  readonly calls: HeldCalls;
};

async function trial({ program, worker, held, port, calls }: Place): Promise<Trial> {
  const { client, started } = program;
  const work = workFolder();
  const said = told(worker, 'started');
  worker.send({ socket: started.socket, work, port } satisfies RunOrder);
  const { init, session } = await said;
  while (!existsSync(join(work, 'ready')) || held.size < 3) await pause(5);
  const pids = [init, ...(readTree(init)?.processes ?? []).map(({ pid }) => pid)].map(nameOf);
  const spare = await calls.begin(client, session);
  const [connections, flying] = [held.size, calls.open()];
  const ended = told(worker, 'ended');
  const halting = post(client, 'agents/support/halt', { reason: 'a trial' });
  const latched = await halting;
  const since = performance.now();
  const effective = effectiveOf(program, text(latched['halt']), () => {
    return alive(pids) + held.size + calls.open();
  });
  const gone = Promise.all([
    until(() => alive(pids) === 0).then(() => performance.now() - since),
    until(() => held.size === 0).then(() => performance.now() - since),
    until(() => calls.open() === 0).then(() => performance.now() - since),
  ]);
  const letThrough = (await tries(program, session)) + (await used(program, spare));
  const [processesMs, networkMs, callsMs] = await gone;
  const { ms: effectiveMs, left } = await effective;
  if ((await ended).why !== 'halted') throw new Error('it ended, and not by the halt');
  await post(client, 'agents/support/resume', { reason: 'next' });
  rmSync(work, { recursive: true, force: true });
  const counts = { processes: pids.length, connections, calls: flying, letThrough, left };
  return { ...counts, processesMs, networkMs, callsMs, effectiveMs };
}

type Started = Extract<RunSaid, { readonly kind: 'started' }>;
type Over = Extract<RunSaid, { readonly kind: 'ended' }>;

function told(worker: ChildProcess, kind: 'started'): Promise<Started>;
function told(worker: ChildProcess, kind: 'ended'): Promise<Over>;
function told(worker: ChildProcess, kind: RunSaid['kind']): Promise<RunSaid> {
  return new Promise((resolve, reject) => {
    const exited = (): void => reject(new Error('the supervisor ended'));
    const take = (said: RunSaid): void => {
      if (said.kind !== kind) return;
      worker.off('message', take);
      worker.off('exit', exited);
      resolve(said);
    };
    worker.on('message', take);
    worker.once('exit', exited);
  });
}

/** A pid may come again: with when it was started it names one process. */
type Named = { readonly pid: number; readonly startedAt: string | undefined };

function nameOf(pid: number): Named {
  return { pid, startedAt: startOf(pid) };
}

function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // What has ended and is not buried yet does nothing any more.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    // It is gone.
    return undefined;
  }
}

function alive(pids: readonly Named[]): number {
  return pids.filter(({ pid, startedAt }) => {
    return startedAt !== undefined && startOf(pid) === startedAt;
  }).length;
}

async function until(isSo: () => boolean): Promise<void> {
  const sinceMs = performance.now();
  while (!isSo()) {
    if (performance.now() - sinceMs > PATIENCE_MS) throw new Error('something is left of it');
    await pause(1);
  }
}

async function effectiveOf(
  { client }: DaemonProgram,
  halt: string,
  count: () => number,
): Promise<{ readonly ms: number; readonly left: number }> {
  const view = await get(client, `halts/${halt}?waitMs=${PATIENCE_MS}`);
  const left = count();
  if (view['state'] !== 'effective') throw new Error(JSON.stringify(view));
  // What the daemon ends itself is reported a moment later: its calls are written down first.
  const ends = await endsOf(client, halt);
  if (ends.length !== 3 || ends.some((state) => state !== 'done')) throw new Error(ends.join());
  return { ms: Number(view['effectiveMs']), left };
}

async function endsOf(client: DaemonProgram['client'], halt: string): Promise<readonly string[]> {
  for (;;) {
    const { executors = [] } = await get(client, `halts/${halt}`);
    const states = Array.isArray(executors)
      ? executors.map((row) => String(Object(row)['state']))
      : [];
    if (!states.includes('running')) return states;
    await pause(5);
  }
}

function closed(cause: unknown): { readonly permit: null } {
  if (cause instanceof ClientError && cause.code === 'session-closed') return { permit: null };
  throw cause;
}

/** The session's own rights, tried at once. */
async function tries({ client }: DaemonProgram, session: string): Promise<number> {
  const action = { session, request: 'r-1', tool: 'orders.get', args: { order: 'a' } };
  const decided = await post(client, 'agents/support/actions/decide', action).catch(closed);
  return decided['permit'] === null ? 0 : 1;
}

/** A permit from before, with which the credential would be used once more. */
async function used({ client }: DaemonProgram, token: string): Promise<number> {
  return forward(client, token).then(
    () => 1,
    (cause: unknown) => {
      if (cause instanceof ClientError) return 0;
      throw cause;
    },
  );
}

function reportOf(all: readonly Trial[]): Omit<RunReport, 'dropped'> {
  const spread = (of: (trial: Trial) => number): Spread => {
    const sorted = all.map(of).toSorted((one, other) => one - other);
    const at = (share: number): number => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      return Math.round(value * 10) / 10;
    };
    return { median: at(0.5), p99: at(0.99), most: at(1) };
  };
  const sum = (of: (trial: Trial) => number): number => all.reduce((s, each) => s + of(each), 0);
  return {
    trials: all.length,
    processes: Math.min(...all.map(({ processes }) => processes)),
    connections: Math.min(...all.map(({ connections }) => connections)),
    calls: Math.min(...all.map(({ calls }) => calls)),
    processesMs: spread(({ processesMs }) => processesMs),
    networkMs: spread(({ networkMs }) => networkMs),
    callsMs: spread(({ callsMs }) => callsMs),
    goneMs: spread((each) => Math.max(each.processesMs, each.networkMs, each.callsMs)),
    effectiveMs: spread(({ effectiveMs }) => effectiveMs),
    letThrough: sum(({ letThrough }) => letThrough),
    leftAtEffective: sum(({ left }) => left),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { trials: { type: 'string', default: '200' } } });
  const report = await runTrials(Number(values.trials));
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const isClean = report.letThrough === 0 && report.leftAtEffective === 0;
  const isGood = isClean && report.dropped === report.trials;
  process.exit(isGood && report.goneMs.most <= 500 ? 0 : 1);
}
