import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readConfig } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { readText } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly data?: string;
  readonly config?: string;
  readonly vault?: string;
  readonly knownLogs?: string;
  readonly json?: boolean;
};

const BACKUP_HELP = `
The ledger and the vault go to two folders: whoever has the ledger, the vault and the root key can
open everything. The root key is in neither; keep a copy of it apart from both.
`;

const RESTORE_HELP = `
The daemon must be down. The next start does to an older vault again what the ledger says was done
to it: erased people stay erased, revoked keys stay revoked. With --known-logs a ledger that is
older than it is known elsewhere is refused; configured witnesses refuse it at the next start.
`;

/** Adds `plumb backup` and `plumb restore`. */
export function addBackup(program: Command, shell: Shell): void {
  withPlace(program.command('backup').description('copy the ledger, and apart from it the vault'))
    .argument('<folder>', 'where the ledger goes; not there yet, or empty')
    .option('--vault <folder>', 'where the vault goes; another folder')
    .addHelpText('after', BACKUP_HELP)
    .action((folder: string, options: Options) => backup(folder, options, shell));
  withPlace(program.command('restore').description('put a ledger, a vault or both back'))
    .argument('[folder]', 'the ledger of `plumb backup`')
    .option('--vault <folder>', 'the vault of `plumb backup --vault`')
    .option('--known-logs <file>', 'what `plumb verify --remember` kept of the log')
    .addHelpText('after', RESTORE_HELP)
    .action((folder: string | undefined, options: Options) => restore(folder, options, shell));
}

function withPlace(command: Command): Command {
  return command
    .option('--data <folder>', 'the data directory')
    .option('--config <file>', 'the configuration file')
    .option('--json', 'print one JSON object');
}

async function backup(folder: string, options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const credentials = shell.environment['CREDENTIALS_DIRECTORY'] ?? null;
  const { vault } = options;
  const copied = attempt(server, () => server.backupLedger(config, folder));
  const vaultFile =
    vault === undefined
      ? null
      : await server.backupVault(config, vault, credentials).catch(refuseWith(server));
  if (options.json === true) return shell.screen.json({ ...copied, folder, vault: vaultFile });
  shell.screen.print(`copied ${copied.origin}, ${copied.size} entries, to ${folder}`);
  shell.screen.print(
    vaultFile === null
      ? 'the vault was not copied: without it nothing that is sealed can be opened (--vault)'
      : `copied the vault to ${vaultFile}`,
  );
}

async function restore(folder: string | undefined, options: Options, shell: Shell): Promise<void> {
  if (folder === undefined && options.vault === undefined) {
    throw new Stop('name the folder of a ledger, or one with --vault');
  }
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const known = options.knownLogs === undefined ? null : readText(options.knownLogs);
  const copied = attempt(server, () =>
    server.restoreFolder(config, {
      ledger: folder ?? null,
      vault: options.vault ?? null,
      knownLogs: known,
    }),
  );
  if (options.json === true) return shell.screen.json({ data: config.data, ...copied });
  const what = copied === null ? 'the vault' : `${copied.origin}, ${copied.size} entries,`;
  shell.screen.print(`put ${what} back into ${config.data}`);
  if (copied === null || known !== null) return;
  shell.screen.note(
    'was anything signed after this backup? Then starting it makes a second history, which only ' +
      'witnesses and known logs can tell: compare it with --known-logs first\n',
  );
}

function attempt<T>(server: Server, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    return refuseWith(server)(cause);
  }
}

function refuseWith(server: Server): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof server.StartRefused) throw new Stop(cause.message, null, EXIT.no);
    throw cause;
  };
}
