import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readConfig } from '../daemon/connection.ts';
import { loadServer } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = { readonly data?: string; readonly config?: string; readonly json?: boolean };

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** Adds `plumb down`: stops the daemon on this machine. */
export function addDown(program: Command, shell: Shell): void {
  program
    .command('down')
    .description('stop the daemon on this machine, once what is in flight is finished')
    .option('--data <folder>', 'its data directory')
    .option('--config <file>', 'its configuration file')
    .option('--json', 'print one JSON object')
    .action((options: Options) => down(options, shell));
}

async function down(options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const places = server.placesOf(readConfig(server, options, shell).data);
  const holder = server.readHolder(places);
  // Where nothing was ever started there is no folder either, so the holder is asked for first.
  if (holder === undefined || !server.isHeld(places)) {
    throw new Stop(`no daemon holds ${places.folder}`, null, EXIT.no);
  }
  process.kill(holder.pid, 'SIGTERM');
  const until = shell.nowMs() + PATIENCE_MS;
  while (server.isHeld(places)) {
    if (shell.nowMs() > until) {
      throw new Stop(`pid ${holder.pid} was asked to stop and still runs`, null, EXIT.no);
    }
    await sleep(LOOK_MS);
  }
  if (options.json === true) return shell.screen.json({ stopped: holder.pid });
  shell.screen.print(`stopped, pid ${holder.pid}`);
}
