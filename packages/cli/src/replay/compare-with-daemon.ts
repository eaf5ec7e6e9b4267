import type { JsonObject } from '@plumbline/core';

import { type Connection, readConfig, withDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { EXIT } from '../exit-codes.ts';
import { renderTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type AskDaemon, driveThroughDaemon } from './drive-daemon.ts';
import type { Replay } from './replay.ts';
import type { Sources } from './replay-files.ts';
import { type Comparison, type DaemonSide, replayThroughDaemon } from './through-daemon.ts';

/** Where the runs are, and the daemon they are sent through. */
export type Through = {
  readonly sources: Omit<Sources, 'report'>;
  readonly options: Pick<Connection, 'data' | 'config' | 'json'>;
  readonly shell: Shell;
};

/**
 * Replays runs through the daemon of this machine, started when none runs, and through the kernel.
 *
 * Errors: `Stop` with what the daemon refused.
 */
export async function compareWithDaemon(
  replay: Replay,
  { sources, options, shell }: Through,
  onRun: (runs: number) => void,
): Promise<Comparison> {
  const server = await loadServer();
  const { data: folder } = readConfig(server, options, shell);
  return withDaemon({ connection: options, shell }, async ({ post }) => {
    const client = await server.SocketClient.connect(server.placesOf(folder).socket);
    const tag = `r${shell.wallMs().toString(36)}`;
    const ask = asker(client);
    const drive: DaemonSide['drive'] = (run, staging, agent) =>
      driveThroughDaemon(run, staging, { agent, ask });
    try {
      const daemon = { post, drive, tag };
      return await replayThroughDaemon(replay, { sources, daemon }, onRun);
    } finally {
      client.close();
    }
  });
}

type Client = Awaited<ReturnType<Server['SocketClient']['connect']>>;

function asker(client: Client): AskDaemon {
  return async (op, members: JsonObject) => {
    const answer = await client.ask(op, members);
    if (answer.ok) return answer.value;
    throw new Stop(`the daemon refused \`${op}\`: ${answer.message} (${answer.code})`);
  };
}

/** Says what came of it; a difference is exit code 1. */
export function sayComparison(
  comparison: Comparison,
  options: Pick<Connection, 'json'> & { readonly way: 'daemon' | 'gateway' },
  { screen, exit, program }: Shell,
): void {
  const { runs, calls, differing, differences, unmapped } = comparison;
  if (runs === 0) throw new Stop('no run is left to replay, see --suite, --model and --attack');
  const verdicts = Object.fromEntries(comparison.verdicts);
  if (options.json === true) {
    screen.json({ runs, calls, differing, differences, unmapped: unmapped.runs, verdicts });
  } else {
    screen.print(renderComparison(comparison, options.way));
    screen.print(`\nnext: ${program} verify`);
  }
  if (differing > 0) exit(EXIT.no);
}

function renderComparison(
  { runs, calls, differing, differences, verdicts }: Comparison,
  way: 'daemon' | 'gateway',
): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const answered = renderTable(
    [{ head: 'verdict' }, { head: 'calls', align: 'right' }],
    [...verdicts].map(([verdict, of]) => [verdict, count(of)]),
  );
  const head = `${count(runs)} runs with ${count(calls)} calls through the ${way}`;
  const same = `${count(calls - differing)} answered as the kernel alone answers them`;
  const other = differences.map(
    ({ place, call, kernel, daemon }) =>
      `${place} call ${call}: kernel ${kernel}; ${way} ${daemon}`,
  );
  const more = differing > other.length ? [`… and ${count(differing - other.length)} more`] : [];
  return [head, same, '', answered, ...other, ...more].join('\n');
}
