import type { Command } from 'commander';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
Plays what was recorded under a candidate pact: the same people say and approve the same, the agent
proposes the same, and what the candidate refuses does not happen. What cannot be opened is not
played.

Examples:
  plumb pact try next.pact.yaml
  plumb pact try next.pact.yaml --from 2026-03-01 --to 2026-03-31 --json

Exit code: 0 every verdict stays; 1 some change.
`;

/** Adds `plumb pact try`: a candidate pact against what was recorded. */
export function addPactTry(pact: Command, shell: Shell): void {
  const command = pact
    .command('try')
    .description('try a candidate pact on what was recorded')
    .argument('<file>', 'the candidate')
    .argument('[where]', 'a data directory, a log or an evidence pack')
    .option('--agent <id>', "whose record (default: the candidate's agent)")
    .option('--from <time>', 'decisions from then on, ISO 8601')
    .option('--to <time>', 'decisions up to then, ISO 8601');
  addRecordOptions(command)
    .addHelpText('after', HELP)
    .action(async (file: string, where: string | undefined, options: object) => {
      const { tryCandidate } = await import('../evidence/try-candidate.ts');
      await tryCandidate(file, { where, options, shell });
    });
}
