import { count } from '../cells.ts';
import { type Spread, spreadOf } from '../measure.ts';
import { type Round, roundOf } from './closed-loop.ts';
import { withFolder } from './folder.ts';
import { cpuUsOf } from './mcp/cpu.ts';
import type { Peer } from './mcp/peer.ts';
import {
  everythingWays,
  httpWays,
  startGateway,
  startServer,
  stdioWays,
  type Way,
} from './mcp/ways.ts';
import { hundredths, type Options, type Section } from './section.ts';

const PROGRAMS = ['between', 'daemon', 'upstream'] as const;
const NAMES = ['client', ...PROGRAMS] as const;

/** Processor time of one call in µs, of the program that asks and of those it goes through. */
type Cpu = Partial<Record<(typeof NAMES)[number], number>>;

type Taken = Round & { readonly cpu: Cpu };

/** How many are asked at once, and how many calls a round has; so many before it do not count. */
type Load = { readonly atOnce: number; readonly calls: number; readonly warmUp: number };

/** Measures a call of a tool: directly, through a proxy on the SDK, and through the gateway. */
export function benchMcp({ isQuick }: Options): Promise<readonly Section[]> {
  const loads: readonly Load[] = isQuick
    ? [{ atOnce: 8, calls: 200, warmUp: 50 }]
    : [
        { atOnce: 1, calls: 1_000, warmUp: 700 },
        { atOnce: 64, calls: 4_000, warmUp: 1_500 },
      ];
  const rounds = isQuick ? 1 : 5;
  return withFolder(async (folder) => {
    const upstream = await startServer('light-server.ts', ['http']);
    const daemon = await startGateway(folder, upstream.url);
    const http = await httpWays(daemon, upstream);
    const kinds: readonly { readonly name: string; readonly ways: readonly Way[] }[] = [
      { name: 'standard streams', ways: stdioWays(folder, daemon) },
      { name: 'HTTP', ways: http.ways },
      { name: 'standard streams, server `everything`', ways: everythingWays(folder, daemon) },
    ];
    const rows: (readonly string[])[] = [];
    for (const { name, ways } of kinds) {
      for (const load of loads) {
        process.stderr.write(`mcp, ${name}, ${load.atOnce} at once\n`);
        const taken = await takeRounds(ways, load, rounds);
        const [bound = []] = taken;
        rows.push(
          ...ways.map((way, place) => [
            `${name}, ${load.atOnce}`,
            way.name,
            ...cellsOf(taken[place] ?? [], bound),
          ]),
        );
      }
    }
    await http.close();
    await daemon.close();
    upstream.close();
    return [section(rows)];
  });
}

/** The ways in turn, round by round; each round has a connection and a session of its own. */
async function takeRounds(
  ways: readonly Way[],
  load: Load,
  rounds: number,
): Promise<readonly (readonly Taken[])[]> {
  const all = ways.map((): Taken[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, way] of ways.entries()) all[place]?.push(await takeRound(way, load));
  }
  return all;
}

async function takeRound({ call, open }: Way, { atOnce, calls, warmUp }: Load): Promise<Taken> {
  const peer = await open(atOnce);
  const ask = (): Promise<unknown> => peer.call(call);
  await runCalls(ask, { atOnce, calls: warmUp });
  globalThis.gc?.();
  const before = cpuOf(peer);
  const startedMs = performance.now();
  const laps = await runCalls(ask, { atOnce, calls });
  const tookMs = performance.now() - startedMs;
  const after = cpuOf(peer);
  await peer.close();
  const cpu = NAMES.map((name) => [name, ((after[name] ?? NaN) - (before[name] ?? NaN)) / calls]);
  return { ...roundOf(laps, tookMs), cpu: Object.fromEntries(cpu) };
}

/** Makes so many calls, so many at once; returns how long each took, in ms. */
async function runCalls(
  call: () => Promise<unknown>,
  { atOnce, calls }: Pick<Load, 'atOnce' | 'calls'>,
): Promise<readonly number[]> {
  const laps: number[] = [];
  let left = calls;
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const from = performance.now();
      await call();
      laps.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return laps;
}

function cpuOf({ programs }: Peer): Cpu {
  const { user, system } = process.cpuUsage();
  const others = PROGRAMS.map((name) => {
    const pid = programs[name];
    return [name, pid === undefined ? undefined : cpuUsOf(pid)] as const;
  });
  return { client: user + system, ...Object.fromEntries(others) };
}

function cellsOf(own: readonly Taken[], bound: readonly Taken[]): readonly string[] {
  const added = (name: 'p50Ms' | 'p99Ms'): Spread =>
    spreadOf(own.map((each, index) => each[name] - (bound[index]?.[name] ?? NaN)));
  const of = (name: 'perSecond' | 'p50Ms' | 'p99Ms'): Spread =>
    spreadOf(own.map((each) => each[name]));
  const cpu = (name: keyof Cpu): string => {
    const { median } = spreadOf(own.map((each) => each.cpu[name] ?? NaN));
    return Number.isNaN(median) ? '' : count(Math.round(median));
  };
  return [
    count(Math.round(of('perSecond').median)),
    hundredths(of('p50Ms')),
    hundredths(of('p99Ms')),
    ...(own === bound ? ['', ''] : [hundredths(added('p50Ms')), hundredths(added('p99Ms'))]),
    NAMES.map((name) => cpu(name) || '–').join(' · '),
  ];
}

function section(rows: Section['rows']): Section {
  return {
    title: 'The MCP gateway: one `tools/call`',
    says: [
      'Client, proxy or gateway, daemon and server are programs of their own on two cores. Client',
      'and light server parse and print messages and do no more, so that neither hides what is',
      'between them; the proxy is the official SDK, a server whose handlers ask a client. A call',
      'of the gateway is decided; its intent is durable before it leaves, its outcome before the',
      'answer does. Added is the difference to the direct call of the same round. Processor time',
      'is of all threads, in µs a call: client · between · daemon · server. Every round has a',
      'connection and a session of its own, and over standard streams programs of its own.',
    ].join('\n'),
    head: [
      'over, at once',
      '',
      'a second',
      'p50 ms',
      'p99 ms',
      'added to p50',
      'added to p99',
      'µs of processor',
    ],
    rows,
  };
}
