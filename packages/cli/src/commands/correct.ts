import { type Command, Option } from 'commander';

import { type Connection, shown, step, withConnection, withDaemon } from '../daemon/connection.ts';
import type { Shell } from '../shell.ts';

type Options = Connection & { readonly label: string; readonly note: string };

const LABELS = ['should-allow', 'should-deny', 'should-ask', 'wrong-arguments', 'undone'];

/** Adds `plumb correct`: a person says what a decision should have been. */
export function addCorrect(program: Command, shell: Shell): void {
  withConnection(
    program.command('correct').description('say what a recorded decision should have been'),
  )
    .argument('<decision>', 'its id')
    .addOption(
      new Option('--label <label>', 'what it should have been, or that it was taken back')
        .choices(LABELS)
        .makeOptionMandatory(),
    )
    .requiredOption('--note <text>', 'why; sealed with the data of whom it was about')
    .action((decision: string, options: Options) => correct(decision, options, shell));
}

async function correct(decision: string, options: Options, shell: Shell): Promise<void> {
  const { label, note } = options;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/decisions/${step(decision)}/corrections`, { label, note }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${decision} is labelled ${label} (entry ${shown(said['index'])})`);
}
