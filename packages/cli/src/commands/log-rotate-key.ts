import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readConfig } from '../daemon/connection.ts';
import { loadServer } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = { readonly data?: string; readonly config?: string; readonly json?: boolean };

/** Adds `plumb log rotate-key`: hands the log over to a fresh key. */
export function addLogRotateKey(log: Command, shell: Shell): void {
  log
    .command('rotate-key')
    .description('hand the log over to a fresh key, while the daemon is down')
    .option('--data <folder>', 'the data directory')
    .option('--config <file>', 'the configuration file')
    .option('--json', 'print one JSON object')
    .action((options: Options) => rotateKey(options, shell));
}

async function rotateKey(options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  try {
    const rotated = await server.rotateLogKey(config, {
      credentials: shell.environment['CREDENTIALS_DIRECTORY'] ?? null,
      clock: shell.wallMs,
      monotonicMs: shell.nowMs,
      failed: (cause) => shell.screen.note(`plumb: ${String(cause)}\n`),
    });
    if (options.json === true) return shell.screen.json(rotated);
    shell.screen.note(
      `handed over in entry ${rotated.index}; verifiers follow from the first key\n`,
    );
    shell.screen.print(rotated.verifierKey);
  } catch (cause) {
    if (cause instanceof server.StartRefused) throw new Stop(cause.message, null, EXIT.no);
    throw cause;
  }
}
