import type { Command } from 'commander';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
A proof (c2sp.org/tlog-proof) holds the entry, its index, the hashes up to the root, and the signed
checkpoint: it can be checked without the log.

Examples:
  plumb proof dec_0199aa… -o decision.tlog-proof
  plumb proof --check decision.tlog-proof --key log.example/desk+1a2b3c4d+AX…

Exit code of --check: 0 relied on; 1 does not hold; 3 it holds, and nothing but the log's signature
binds the log.
`;

/** Adds `plumb proof`: a proof of one entry that travels alone, and its check. */
export function addProof(program: Command, shell: Shell): void {
  const command = program
    .command('proof')
    .description('write a proof of one entry that travels alone, or check one')
    .argument('[entry]', 'an index, or the id of a decision')
    .argument('[where]', 'a data directory, a log or a URL')
    .option('-o <file>', 'write the proof to a file, which must not be there')
    .option('--check <file>', 'check a proof instead')
    .option('--entry <file>', 'the entry, for a proof made without it')
    .option('--key <vkey>', "the log's verifier key")
    .option('--known-logs <file>', 'what was seen before, kept where the operator cannot write')
    .option('--policy <file>', 'logs and witnesses to rely on (c2sp.org/tlog-policy)');
  addRecordOptions(command)
    .addHelpText('after', HELP)
    .action(async (entry: string | undefined, where: string | undefined, options: object) => {
      const { proof } = await import('../evidence/proof.ts');
      await proof(entry, { where, options, shell });
    });
}
