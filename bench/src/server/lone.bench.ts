import { join } from 'node:path';

import { spreadOf } from '../measure.ts';
import { armAgents, startBenchDaemon } from './bench-daemon.ts';
import { enforcementOf, openBenchGuard } from './bench-guard.ts';
import { BareSegment } from './bare-segment.ts';
import { Calls } from './calls.ts';
import { type Round, runFor } from './closed-loop.ts';
import { entryMaker } from './entries.ts';
import { withFolder } from './folder.ts';
import { FrameClient } from './frame-client.ts';
import { HttpLoad } from './http-load.ts';
import { entryBytes } from './mean-bytes.ts';
import { overFrames, overHttp } from './remote.ts';
import { hundredths, type Options, type Section } from './section.ts';

type Way = {
  readonly name: string;
  readonly call: () => Promise<unknown>;
  /** Reports what is in flight after a round, outside of the measured time. */
  readonly end: () => Promise<unknown>;
};

type Ways = { readonly ways: readonly Way[]; readonly close: () => Promise<void> };

/** Measures decisions that are asked for one at a time, while nothing else is asked. */
export function benchLone({ isQuick }: Options): Promise<readonly Section[]> {
  const roundMs = isQuick ? 200 : 1_000;
  const rounds = isQuick ? 1 : 9;
  return withFolder(async (folder) => {
    const { ways, close } = await waysOf(folder);
    const taken = ways.map((): Round[] => []);
    for (let index = -1; index < rounds; index += 1) {
      for (const [place, { call, end }] of ways.entries()) {
        const round = await runFor({ writers: 1, call }, roundMs);
        await end();
        if (index >= 0) taken[place]?.push(round);
      }
    }
    const bound = taken[0] ?? [];
    const rows = ways.map(({ name }, place) => rowOf(name, taken[place] ?? [], bound));
    await close();
    return [section(rows)];
  });
}

async function waysOf(folder: string): Promise<Ways> {
  const bare = await BareSegment.open(join(folder, 'bare-segment'));
  const opened = await openBenchGuard(folder);
  const daemon = await startBenchDaemon(folder);
  await armAgents(daemon.client, []);
  const frames = await FrameClient.open(daemon.started.socket);
  const load = new HttpLoad('http://localhost', 1, daemon.started.socket);
  const within = wayOf('the guard, in this program', new Calls(enforcementOf(opened.guard)));
  const framed = wayOf('the daemon, a frame on the socket', new Calls(overFrames([frames])));
  const asked = wayOf('the daemon, HTTP on the socket', new Calls(overHttp(load, null)));
  await runFor({ writers: 1, call: within.call }, 200);
  const makeEntry = entryMaker((await entryBytes(opened.log)).decided);
  const alone = { name: 'bare write and `fdatasync`', call: () => bare.append(makeEntry()) };
  const close = async (): Promise<void> => {
    frames.close();
    await load.close();
    await daemon.close();
    await opened.close();
    await bare.close();
  };
  return { ways: [{ ...alone, end: () => Promise.resolve() }, within, framed, asked], close };
}

function wayOf(name: string, calls: Calls): Way {
  return { name, call: () => calls.intent(0), end: () => calls.land() };
}

function rowOf(name: string, own: readonly Round[], bound: readonly Round[]): readonly string[] {
  const added = own.map(({ p50Ms }, index) => p50Ms - (bound[index]?.p50Ms ?? NaN));
  return [
    name,
    hundredths(spreadOf(own.map(({ p50Ms }) => p50Ms))),
    hundredths(spreadOf(own.map(({ p99Ms }) => p99Ms))),
    own === bound ? '' : hundredths(spreadOf(added)),
  ];
}

function section(rows: Section['rows']): Section {
  return {
    title: 'A lone decision',
    says: 'One intent at a time, durable before it is answered, beside a sync of the same bytes.',
    head: ['', 'p50 ms', 'p99 ms', 'added to p50, ms'],
    rows,
  };
}
