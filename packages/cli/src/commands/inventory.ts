import type { Command } from 'commander';

import { govern, type GovernOptions, ungovern } from '../inventory/govern.ts';
import { listMachine } from '../inventory/list.ts';
import { type MachineOptions, withMachine } from '../inventory/machine-options.ts';
import type { Shell } from '../shell.ts';

const HELP = `
Without a command it lists what is configured on this machine. It looks in the files of this user
and of projects: this folder, those the clients list themselves, and --folder. Values of
environments and headers, and what looks like a key, are never shown.
`;

const GOVERN_HELP = `
The gateway is put before the command of each server; every other byte of the file stays. A copy of
the file is kept, and \`plumb inventory ungovern\` puts it back. What cannot be wrapped is named
with the reason, and the exit code is 1.
`;

/** Adds `plumb inventory`: where agents can act on this machine, and what governs it. */
export function addInventory(program: Command, shell: Shell): void {
  const inventory = withMachine(
    program
      .command('inventory')
      .description('find where agents can act on this machine, and what governs it'),
  )
    .addHelpText('after', HELP)
    .action((options: MachineOptions) => listMachine(options, shell));
  addRewiring(inventory, shell);
}

function addRewiring(inventory: Command, shell: Shell): void {
  const changing = (command: Command): Command =>
    withMachine(command)
      .argument('<client>', 'a client as the list calls it, or one of its files')
      .option('--server <names...>', 'only these servers')
      .option('--dry-run', 'show what would change, and change nothing')
      .option('--yes', 'do not ask');
  changing(inventory.command('govern').description("put the gateway before a client's servers"))
    .option('--agent <agent>', "the agent whose pact holds (default: the client's name)")
    .option('--plumb <command>', 'what starts plumb there (default: this one)')
    .addHelpText('after', GOVERN_HELP)
    .action((client: string, _: unknown, command: Command) =>
      govern(client, options(command), shell),
    );
  changing(
    inventory.command('ungovern').description('start the servers again as they were before'),
  ).action((client: string, _: unknown, command: Command) =>
    ungovern(client, options(command), shell),
  );
}

// The list takes some of the options as well, and gets them wherever they stand.
type Read = (command: Command) => GovernOptions;
const options: Read = (command) => command.optsWithGlobals<GovernOptions>();
