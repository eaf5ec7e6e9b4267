import { Command } from 'commander';
import { kernelVersion } from '@plumbline/core';

/**
 * Runs the `plumb` command line.
 *
 * argv: the arguments after the script name.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('plumb')
    .description('Keep AI agents inside their pacts.')
    .version(kernelVersion)
    .showHelpAfterError('run `plumb --help` to see what there is')
    .helpCommand(true);
  await program.parseAsync([...argv], { from: 'user' });
}

if (import.meta.main) await main(process.argv.slice(2));
