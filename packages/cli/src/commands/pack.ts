import type { Command } from 'commander';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
An evidence pack is a folder, or one file where its name ends in .tar.gz, that proves its entries
without the log: whole sessions with their agents' entries, proofs, the signed checkpoint, the
pacts, and the openings its reader may have.
VERIFY.md in it says how to check it with sha256sum, openssl and python3.

Examples:
  plumb pack -o evidence --session ses_0199aa… --open ses_0199aa…
  plumb pack -o evidence.tar.gz --session ses_0199aa… --no-openings
  plumb pack -o march --agent desk --from 2026-03-01 --to 2026-03-31 --no-openings
`;

/** Adds `plumb pack`: a self-contained, signed evidence pack. */
export function addPack(program: Command, shell: Shell): void {
  const command = program
    .command('pack')
    .description('write an evidence pack that common tools can check')
    .argument('[where]', 'a data directory or a log')
    .requiredOption('-o <folder>', 'the folder or the .tar.gz to write, which must not be there')
    .option('--agent <id>', 'sessions of this agent')
    .option('--session <id...>', 'these sessions')
    .option('--from <time>', 'sessions with an entry from then on, ISO 8601')
    .option('--to <time>', 'sessions with an entry up to then, ISO 8601')
    .option('--open <id...>', 'open the payloads of these sessions alone')
    .option('--no-openings', 'open nothing')
    .option('--key <vkey>', "the log's verifier key, where the vault is not at hand");
  addRecordOptions(command)
    .addHelpText('after', HELP)
    .action(async (where: string | undefined, options: { readonly o: string }) => {
      const { pack } = await import('../evidence/pack.ts');
      await pack({ where, options, shell });
    });
}
