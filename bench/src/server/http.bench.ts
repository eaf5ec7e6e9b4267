import { fork } from 'node:child_process';
import { join } from 'node:path';

import { count } from '../cells.ts';
import { armAgents, type BenchDaemon, makeKey, startBenchDaemon, textAt } from './bench-daemon.ts';
import { Calls } from './calls.ts';
import { type Load, type Round, runFor } from './closed-loop.ts';
import { contest, type Standing } from './contest.ts';
import { withFolder } from './folder.ts';
import { FrameClient } from './frame-client.ts';
import { HttpLoad } from './http-load.ts';
import { type Keys, overFrames, overHttp } from './remote.ts';
import { type Options, type Section, STANDING_HEAD, standingCells } from './section.ts';
import { AGENT, LOOK_UPS, OPENING } from './workload.ts';

const CONNECTIONS = [1, 64];
const AGENTS = Array.from({ length: 8 }, (_, index) => `workspace-${index}`);

/** Measures the daemon beside a bare server with the same durability, one load for both. */
export function benchHttp({ isQuick }: Options): Promise<readonly Section[]> {
  const roundMs = isQuick ? 300 : 2_000;
  const rounds = isQuick ? 1 : 5;
  return withFolder(async (folder) => {
    const daemon = await startBenchDaemon(folder);
    await armAgents(daemon.client, AGENTS);
    const sizes = await sizesOf(daemon);
    const bare = await startBareServer(folder, sizes);
    const keys = await makeKeys(daemon);
    const rows: (readonly string[])[] = [];
    for (const connections of CONNECTIONS) {
      const ways = await waysOf({ daemon, bare, keys }, connections);
      const contestants = ways.asks.map(({ name, call, after }) => ({
        name,
        round: async (): Promise<Round> => {
          const round = await runFor({ writers: connections, call }, roundMs);
          await after();
          return round;
        },
      }));
      const standings = await contest(contestants, rounds);
      await ways.close();
      rows.push(...standings.map((standing) => rowOf(connections, standing)));
    }
    await daemon.close();
    bare.close();
    return [section(rows, sizes)];
  });
}

type Way = {
  readonly name: string;
  readonly call: Load['call'];
  /** What is tidied up after a round, outside of the measured time. */
  readonly after: () => Promise<void>;
};

type Servers = {
  readonly daemon: BenchDaemon;
  readonly bare: BareServer;
  readonly keys: Keys;
};

async function waysOf(
  { daemon, bare, keys }: Servers,
  connections: number,
): Promise<{ readonly asks: readonly Way[]; readonly close: () => Promise<void> }> {
  const bareLoad = new HttpLoad(bare.origin, connections);
  const load = new HttpLoad(daemon.started.url ?? '', connections);
  const socketLoad = new HttpLoad('http://localhost', connections, daemon.started.socket);
  const frames = await FrameClient.open(daemon.started.socket);
  const overTcp = new Calls(overHttp(load, keys), AGENTS);
  const overSocket = new Calls(overHttp(socketLoad, null), AGENTS);
  const overOne = new Calls(overFrames([frames]), AGENTS);
  const intent = (name: string, calls: Calls): Way => ({
    name,
    call: (writer) => calls.intent(writer),
    after: () => calls.land(),
  });
  const cycle = (name: string, calls: Calls): Way => ({
    name,
    call: (writer) => calls.cycle(writer),
    after: () => Promise.resolve(),
  });
  return {
    asks: [
      { name: 'bare server, HTTP', call: bareCall(bareLoad), after: () => Promise.resolve() },
      intent('intents, HTTP with a key', overTcp),
      intent('intents, HTTP on the socket', overSocket),
      intent('intents, frames on the socket, one connection', overOne),
      cycle('cycles, HTTP with a key (three requests each)', overTcp),
      cycle('cycles, frames on the socket, one connection', overOne),
    ],
    close: async () => {
      await Promise.all([bareLoad.close(), load.close(), socketLoad.close()]);
      frames.close();
    },
  };
}

/** Asks the bare server with the bodies that the daemon gets. */
function bareCall(load: HttpLoad): Load['call'] {
  let index = 0;
  return () => {
    index += 1;
    const { tool, args } = LOOK_UPS.stepAt(index % LOOK_UPS.steps);
    const session = 'ses_01a1fcf1ea7ba57e47d9657d4c2c6880';
    return load.post('/', { session, request: String(index), tool, args }, 'plk_'.padEnd(80, 'x'));
  };
}

/** What an intent takes in the log and in its answer, in bytes. */
type Sizes = { readonly entryBytes: number; readonly answerBytes: number };

async function sizesOf({ client }: BenchDaemon): Promise<Sizes> {
  const at = `/api/v1/agents/${AGENT}`;
  const { principal, task, attributes } = OPENING;
  const opening = { principal, task, attributes };
  const opened = await client.ask({ method: 'POST', path: `${at}/sessions`, body: opening });
  const session = textAt(opened, 'session');
  const { tool, args } = LOOK_UPS.stepAt(0);
  const body = { session, request: 'first', tool, args };
  const answer = await client.ask({ method: 'POST', path: `${at}/actions/decide`, body });
  const index: unknown = Reflect.get(Object(answer), 'index');
  const entry = await client.bytes(`/api/v1/log/entries/${String(index)}`);
  return { entryBytes: entry.length, answerBytes: JSON.stringify(answer).length };
}

type BareServer = { readonly origin: string; readonly close: () => void };

async function startBareServer(
  folder: string,
  { entryBytes, answerBytes }: Sizes,
): Promise<BareServer> {
  const file = join(import.meta.dirname, 'bare-server.ts');
  const child = fork(file, [folder, String(entryBytes), String(answerBytes)]);
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  const close = (): void => {
    child.disconnect();
  };
  return { origin: `http://127.0.0.1:${String(port)}`, close };
}

async function makeKeys({ client }: BenchDaemon): Promise<Keys> {
  const opener = await makeKey(client, { kind: 'opener', name: 'orchestrator' });
  const agents = new Map<string, string>();
  for (const agent of [AGENT, ...AGENTS]) {
    const name = `gateway of ${agent}`;
    agents.set(agent, await makeKey(client, { kind: 'agent', name, agents: [agent] }));
  }
  return { opener, agents };
}

function rowOf(connections: number, standing: Standing): readonly string[] {
  return [count(connections), standing.name, ...standingCells(standing)];
}

function section(rows: Section['rows'], { entryBytes, answerBytes }: Sizes): Section {
  return {
    title: 'The daemon, asked by another program',
    says: [
      'The bare server is `node:http`, `JSON.parse`, SHA-256 of the body, the bare segment file',
      `with ${count(entryBytes)} bytes a request, and an answer of ${count(answerBytes)} bytes:`,
      'what an intent takes. Server and load are two programs on two cores, so the load takes half',
      'of the machine. It is the same for all rows: undici, connections kept alive, one request at',
      'a time on each, what is sent printed and what comes back parsed. Over frames, as many',
      'requests are on their way on one connection.',
    ].join('\n'),
    head: ['at once', '', ...STANDING_HEAD],
    rows,
  };
}
