import type { Command } from 'commander';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
WHERE is a data directory, the folder of a log, an evidence pack or a URL (default: the data
directory of the daemon). Nothing is written, and the daemon may run meanwhile.

Examples:
  plumb verify
  plumb verify ./log --key log.example/desk+1a2b3c4d+AX… --known-logs ~/known-logs --remember
  plumb verify https://log.example/desk/ --policy witnesses.policy --tree-only

Exit code: 0 relied on; 1 something does not hold; 3 nothing failed, and truncation, rollback and
re-signing cannot be excluded because no checkpoint was kept and no witness cosigned.
`;

/** Adds `plumb verify`: a whole log or an evidence pack, down to every decision. */
export function addVerify(program: Command, shell: Shell): void {
  const command = program
    .command('verify')
    .description('verify a log or an evidence pack, and make every decision again')
    .argument('[where]', 'a data directory, a log, an evidence pack or a URL')
    .option('--key <vkey>', "the log's first verifier key")
    .option('--known-logs <file>', 'what was seen before, kept where the operator cannot write')
    .option('--remember', 'move the known log on to what verified')
    .option('--policy <file>', 'witnesses to rely on (c2sp.org/tlog-policy)')
    .option(
      '--tsa <cert.pem>',
      'time-stamping authority to rely on, or the root that vouches for it',
    )
    .option('--tree-only', 'no entries are opened and no decision is made again')
    .option('--heartbeat <ms>', 'how long the daemon may write nothing', '60000');
  addRecordOptions(command)
    .addHelpText('after', HELP)
    .action(async (where: string | undefined, options: object) => {
      const { verify } = await import('../evidence/verify.ts');
      await verify(where, options, shell);
    });
}
