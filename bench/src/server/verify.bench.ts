import { fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { count, tenths } from '../cells.ts';
import { type Spread, spreadOf } from '../measure.ts';
import { armAgents, startBenchDaemon } from './bench-daemon.ts';
import { Calls } from './calls.ts';
import { withFolder } from './folder.ts';
import { FrameClient } from './frame-client.ts';
import { KernelAlone } from './kernel-alone.ts';
import { overFrames } from './remote.ts';
import type { Options, Section } from './section.ts';

const WRITERS = 128;
const plumb = fileURLToPath(import.meta.resolve('@plumbline/cli/source/main'));
// Says at its end how much memory the program took at most.
const sayPeak = "process.on('exit', () => process.send(process.resourceUsage().maxRSS))";

type Timed = { readonly seconds: Spread; readonly peakKiB: Spread };

/** Measures `plumb verify`, and the start of a daemon, over the log of very many cycles. */
export function benchVerify({ isQuick }: Options): Promise<readonly Section[]> {
  const entries = isQuick ? 4_000 : 1_000_000;
  const rounds = isQuick ? 1 : 3;
  return withFolder(async (folder) => {
    const verifierKey = await build(folder, entries);
    const place = join(folder, 'daemon');
    const args = [place, '--key', verifierKey, '--root-key', join(folder, 'root.key'), '--json'];
    const taken: Taken = { hash: [], tree: [], kernel: [], whole: [], start: [] };
    for (let round = 0; round < rounds; round += 1) {
      taken.hash.push(timed(() => hashAll(place)));
      taken.tree.push(await runPlumb(['verify', ...args, '--tree-only']));
      taken.kernel.push(timed(() => kernelAlone(entries)));
      taken.whole.push(await runPlumb(['verify', ...args]));
      taken.start.push(await startAgain(folder));
    }
    return [section(entries, taken)];
  });
}

type One = { readonly seconds: number; readonly peakKiB: number };
type Taken = Record<'hash' | 'tree' | 'kernel' | 'whole' | 'start', One[]>;

/** Has a daemon write a log by whole cycles; returns the log's verifier key. */
async function build(folder: string, entries: number): Promise<string> {
  const daemon = await startBenchDaemon(folder);
  await armAgents(daemon.client, []);
  const frames = await FrameClient.open(daemon.started.socket);
  const calls = new Calls(overFrames([frames]));
  let left = entries / 2;
  const write = async (writer: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await calls.cycle(writer);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  frames.close();
  await daemon.close();
  return daemon.started.verifierKey;
}

/** The lower bound of verifying a tree: every bundle read, every entry hashed. */
function hashAll(place: string): number {
  let entries = 0;
  const log = join(place, 'log');
  for (const file of globSync('tile/entries/**/*', { cwd: log, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
      hash('sha256', bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)), 'buffer');
      entries += 1;
    }
  }
  return entries;
}

/** The lower bound of making decisions again: as many made once, in memory, nothing sealed. */
function kernelAlone(entries: number): void {
  const kernel = new KernelAlone();
  for (let done = 0; done < entries; done += 2) kernel.cycle(true);
}

function timed(run: () => unknown): One {
  const startedMs = performance.now();
  run();
  return { seconds: (performance.now() - startedMs) / 1_000, peakKiB: NaN };
}

/** Runs the command line as a person would, its start included. */
async function runPlumb(args: readonly string[]): Promise<One> {
  const startedMs = performance.now();
  const child = fork(plumb, [...args], {
    execArgv: ['--conditions=plumbline-source', '--import', `data:text/javascript,${sayPeak}`],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let [said, peakKiB] = ['', NaN];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.on('message', (kib) => {
    peakKiB = Number(kib);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  // 3: nothing failed, and no earlier checkpoint was kept that could show a rollback.
  if (code !== 3) throw new Error(`\`plumb verify\` ended with ${String(code)}: ${said}`);
  return { seconds: (performance.now() - startedMs) / 1_000, peakKiB };
}

async function startAgain(folder: string): Promise<One> {
  const daemon = await startBenchDaemon(folder);
  const status = readFileSync(`/proc/${daemon.started.pid}/status`, 'utf8');
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  await daemon.close();
  return { seconds: daemon.startMs / 1_000, peakKiB };
}

function section(entries: number, taken: Taken): Section {
  const rowOf = (name: string, all: readonly One[]): readonly string[] => {
    const { seconds, peakKiB } = spreads(all);
    const memory = Number.isNaN(peakKiB.median)
      ? ''
      : `${count(Math.round(peakKiB.median / 1_024))} MiB`;
    return [name, tenths(seconds), count(Math.round(entries / seconds.median)), memory];
  };
  return {
    title: 'A whole log, again',
    says: [
      `A log of ${count(entries)} entries of intents and outcomes, and those of their sessions, as`,
      'a daemon wrote it. Verifying is `plumb verify`, the start of the program included.',
    ].join('\n'),
    head: ['', 'seconds', 'entries a second', 'memory at most'],
    rows: [
      rowOf('bound: every bundle read, every entry hashed', taken.hash),
      rowOf('tree, tiles, checkpoint verified', taken.tree),
      rowOf('bound: as many decided once by the kernel alone', taken.kernel),
      rowOf('all of it verified, opened and every decision made again', taken.whole),
      rowOf('the daemon started again', taken.start),
    ],
  };
}

function spreads(all: readonly One[]): Timed {
  return {
    seconds: spreadOf(all.map(({ seconds }) => seconds)),
    peakKiB: spreadOf(all.map(({ peakKiB }) => peakKiB)),
  };
}
