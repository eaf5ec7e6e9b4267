import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig, startDaemon, withDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import type { Through } from './compare-with-daemon.ts';
import { driveThroughGateway, type GatewaySide } from './drive-gateway.ts';
import { type RecordedServers, startRecordedServers } from './recorded-server.ts';
import type { Replay } from './replay.ts';
import {
  agentsOf,
  type Comparison,
  type DaemonSide,
  replayThroughDaemon,
} from './through-daemon.ts';

/**
 * Replays runs through the MCP gateway of a daemon that is started for it, and through the kernel.
 *
 * Errors: `Stop` where a daemon runs already, since it serves other agents, and with what the
 * daemon refused.
 */
export async function compareWithGateway(
  replay: Replay,
  { sources, options, shell }: Through,
  onRun: (runs: number) => void,
): Promise<Comparison> {
  const server = await loadServer();
  const { data: folder } = readConfig(server, options, shell);
  if (await server.isAnswering(folder)) {
    throw new Stop('a daemon runs there already: name another folder with --data', folder, EXIT.no);
  }
  const tag = `g${shell.wallMs().toString(36)}`;
  const recorded = await startRecordedServers();
  const home = mkdtempSync(join(tmpdir(), 'plumb-replay-'));
  const told = join(home, 'config.json');
  try {
    const agents = await agentsOf(replay, sources, tag);
    writeFileSync(told, JSON.stringify({ mcp: servedTo(agents, recorded) }));
    const url = await start(server, { folder, told, shell });
    const connection = { data: folder, config: told };
    return await withDaemon({ connection, shell }, async ({ get, post }) => {
      const daemon = { post, tag, drive: driver({ get, post, url, recorded }) };
      return replayThroughDaemon(replay, { sources, daemon }, onRun);
    });
  } finally {
    await stop(server, folder);
    recorded.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function servedTo(agents: readonly string[], { urlOf }: RecordedServers): object {
  const served = agents.map((agent) => {
    const recorded = { url: urlOf(agent), bare: true };
    return [agent, { servers: { recorded } }] as const;
  });
  return Object.fromEntries(served);
}

type Starting = { readonly folder: string; readonly told: string; readonly shell: Shell };

async function start(server: Server, { folder, told, shell }: Starting): Promise<string> {
  const settings = new Map([
    ['data', folder],
    ['listen.http', '127.0.0.1:0'],
  ]);
  const asked = { folder, told: { configFile: told, settings }, shell };
  const started = await startDaemon(server, asked);
  if (started === null || started.url === null) {
    throw new Stop('another daemon was faster: name another folder with --data', folder, EXIT.no);
  }
  return started.url;
}

type Reaching = Pick<GatewaySide, 'get' | 'post' | 'url'> & { readonly recorded: RecordedServers };

function driver({ get, post, url, recorded }: Reaching): DaemonSide['drive'] {
  return async (run, staging, agent) => {
    const lane = recorded.open(agent, [...staging.pact.tools.keys()]);
    try {
      return await driveThroughGateway(run, staging, { get, post, url, agent, lane });
    } finally {
      lane.close();
    }
  };
}

const LOOK_MS = 50;

/** The daemon serves nobody else, so it ends with the replay. */
async function stop(server: Server, folder: string): Promise<void> {
  const places = server.placesOf(folder);
  const holder = server.readHolder(places);
  if (holder === undefined || !server.isHeld(places)) return;
  process.kill(holder.pid, 'SIGTERM');
  while (server.isHeld(places)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
