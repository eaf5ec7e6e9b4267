import type { Command } from 'commander';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
Explains a recorded decision to whoever builds the agent: what was asked, which rules were tried,
what decided, where each argument came from, and the smallest change that would flip it.

Examples:
  plumb why dec_0199aa…
  plumb why dec_0199aa… ./pack --json
`;

/** Adds `plumb why`: a recorded decision, explained. */
export function addWhy(program: Command, shell: Shell): void {
  const command = program
    .command('why')
    .description('explain a recorded decision, and what would change it')
    .argument('<decision>', 'the id of the decision, or the index of its entry')
    .argument('[where]', 'a data directory, a log, an evidence pack or a URL');
  addRecordOptions(command)
    .addHelpText('after', HELP)
    .action(async (decision: string, where: string | undefined, options: object) => {
      const { explainDecision } = await import('../evidence/why.ts');
      await explainDecision(decision, { where, options, shell });
    });
}
