import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DaemonClient } from '@plumbline/server/source/client/daemon-client';

import { startDaemonOf } from './bench-daemon.ts';
import { startBarePage } from './console/bare-page.ts';
import { type SignedIn, signIn } from './console/browser.ts';
import {
  type Acted,
  actOn,
  type Driven,
  firstView,
  type FirstView,
  type LiveActed,
} from './console/drive-page.ts';
import { fillFolder } from './console/filled-folder.ts';
import { openWorked, startLoad } from './console/live-load.ts';
import { type Place, placesOf } from './console/places.ts';
import { makeScene } from './console/scene.ts';
import { actedSection, firstSection, liveSection } from './console/sections.ts';
import { withFolder } from './folder.ts';
import { FrameClient } from './frame-client.ts';
import type { Options, Section } from './section.ts';

const root = join(import.meta.dirname, '../../..');
const PER_SECOND = 500;
const FULL = { entries: 1_000_000, agents: 500, views: 5, rounds: 3, liveMs: 15_000 };
const QUICK = { entries: 5_000, agents: 400, views: 1, rounds: 1, liveMs: 2_000 };
const SCENE = { halts: 200, asks: 500, tools: 200, turns: 2_000 };
const QUICK_SCENE = { halts: 20, asks: 25, tools: 20, turns: 50 };

/** Measures the console's pages in a browser, on a log of a million entries of 500 agents. */
export function benchConsole(options: Options): Promise<readonly Section[]> {
  const { filled } = options;
  return filled === null
    ? withFolder((folder) => benchIn(folder, options))
    : benchIn(filled, options);
}

async function benchIn(folder: string, { isQuick, pages }: Options): Promise<readonly Section[]> {
  const sizes = isQuick ? QUICK : FULL;
  buildConsole();
  await fillFolder(folder, sizes.entries, sizes.agents);
  const daemon = await startDaemonOf([
    ['data', join(folder, 'd')],
    ['rootKey', join(folder, 'root.key')],
    ['listen.http', '127.0.0.1:0'],
    ['limits.requestsPerMinute', '10000000'],
    ['disk.warnBytes', '0'],
    ['disk.refuseBytes', '0'],
  ]);
  const { client, started } = daemon;
  const frames = await FrameClient.open(started.socket);
  const scene = await makeScene({ client, frames }, isQuick ? QUICK_SCENE : SCENE);
  const url = started.url ?? '';
  const signedIn = await signIn(client, url);
  const bare = await startBarePage();
  const places = placesOf(scene).filter(({ name }) => pages === null || pages.includes(name));
  const bench = { signedIn, client, frames, url, bareUrl: bare.url, sizes, places };
  const size = await sizeOf(client);
  const looked = { agent: scene.agent, session: scene.longSession };
  const sections = [
    firstSection(await firstViews(bench), { entries: size, startMs: daemon.startMs }),
    actedSection(await actions(bench)),
    liveSection(await liveActions(bench, await openWorked(frames, looked)), PER_SECOND),
  ];
  await signedIn.close();
  bare.close();
  frames.close();
  await daemon.close();
  return sections;
}

type Bench = {
  readonly signedIn: SignedIn;
  readonly client: DaemonClient;
  readonly frames: FrameClient;
  readonly url: string;
  readonly bareUrl: string;
  readonly sizes: typeof FULL;
  readonly places: readonly Place[];
};

const BARE = { name: 'a bare page', row: 'tr[data-row]', filter: 'agent-49' } as const;

/** The bare page first, then those of the console; each has its turn in every round. */
async function firstViews(bench: Bench): Promise<ReadonlyMap<string, readonly FirstView[]>> {
  const views = new Map<string, FirstView[]>();
  for (let round = 0; round < bench.sizes.views; round += 1) {
    for (const [name, driven] of drivenOf(bench)) {
      const view = await firstView(bench.signedIn, driven);
      say(`first view of ${name}: ${Math.round(view.ms)} ms`);
      views.set(name, [...(views.get(name) ?? []), view]);
    }
  }
  return views;
}

async function actions(bench: Bench): Promise<ReadonlyMap<string, Acted>> {
  const acted = new Map<string, Acted>();
  for (const [name, driven] of drivenOf(bench)) {
    say(`scrolling and filtering: ${name}`);
    acted.set(name, await actOn(bench.signedIn, driven, (round) => round >= bench.sizes.rounds));
  }
  return acted;
}

function drivenOf({ bareUrl, url, places }: Bench): readonly (readonly [string, Driven])[] {
  return [
    [BARE.name, { url: bareUrl, ...BARE }],
    ...places.map((place) => {
      const { name, path, row, filter } = place;
      return [name, { url: `${url}/console${path}`, row, filter }] as const;
    }),
  ];
}

async function liveActions(
  { signedIn, client, frames, url, sizes, places }: Bench,
  worked: Parameters<typeof startLoad>[1],
): Promise<ReadonlyMap<string, LiveActed>> {
  const acted = new Map<string, LiveActed>();
  for (const { name, path, row, filter, isLive } of places) {
    if (!isLive) continue;
    say(`live: ${name}`);
    const load = startLoad(frames, worked, PER_SECOND);
    await sleep(1_000);
    const driven = { url: `${url}/console${path}`, row, filter };
    const from = { size: await sizeOf(client), ms: performance.now() };
    const one = await actOn(signedIn, driven, () => performance.now() - from.ms > sizes.liveMs);
    const grown = (await sizeOf(client)) - from.size;
    const perSecond = (grown * 1_000) / (performance.now() - from.ms);
    await load.stop();
    acted.set(name, { ...one, perSecond, load: loadavg()[0] ?? 0 });
  }
  return acted;
}

async function sizeOf(client: DaemonClient): Promise<number> {
  const answer = await client.ask({ method: 'GET', path: '/api/v1/log' });
  return Number(Reflect.get(Object(answer), 'durableSize'));
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}

function buildConsole(): void {
  const job = ['--conditions=plumbline-source', join(root, 'tools/console-fresh.ts')];
  const { status, stderr } = spawnSync(process.execPath, job, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the console could not be built: ${stderr}`);
}
