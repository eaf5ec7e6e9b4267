import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readConfig } from '../daemon/connection.ts';
import { loadServer } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';

type Options = { readonly data?: string; readonly config?: string; readonly json?: boolean };

/** Adds `plumb doctor`: whether everything a daemon stands on is well. */
export function addDoctor(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('look at everything the daemon stands on, also while it is down; 1 when it fails')
    .option('--data <folder>', 'its data directory')
    .option('--config <file>', 'its configuration file')
    .option('--json', 'print one JSON object')
    .action((options: Options) => doctor(options, shell));
}

async function doctor(options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const credentials = shell.environment['CREDENTIALS_DIRECTORY'] ?? null;
  const findings = await server.examine(config, { credentials, now: shell.wallMs() });
  const isWell = findings.every(({ state }) => state !== 'fail');
  if (!isWell) shell.exit(EXIT.no);
  if (options.json === true) return shell.screen.json({ ok: isWell, findings });
  for (const { what, state, says, next } of findings) {
    const advice = next === null ? '' : `\n${' '.repeat(6)}${next}`;
    shell.screen.print(`${state.padEnd(4)}  ${what}: ${says}${advice}`);
  }
}
