import type { Command } from 'commander';

import { agent } from '../inventory/agent.ts';
import { bypass, type BypassOptions } from '../inventory/bypass.ts';
import { draft, type DraftOptions } from '../inventory/draft.ts';
import { govern, type GovernOptions, ungovern } from '../inventory/govern.ts';
import { listMachine } from '../inventory/list.ts';
import { type MachineOptions, withMachine } from '../inventory/machine-options.ts';
import { listTools, type ToolsOptions } from '../inventory/tools.ts';
import type { Shell } from '../shell.ts';

const HELP = `
Without a command it lists what is configured on this machine. It looks in the files of this user
and of projects: this folder, those the clients list themselves, and --folder. Values of
environments and headers, and what looks like a key, are never shown.
`;

const TOOLS_HELP = `
Effects are judged from names, arguments and hints, the worst that is plausible; what the server
itself says is shown as its claim (--json). Without --ask the tools of a server are known only
where the daemon has pinned them.
`;

const AGENT_HELP = `
What exactly may it do, how is that enforced, which signals say that it goes wrong, how fast does it
stop, and what record is left. What is not answered is trust debt, and the exit code is 1.
`;

const BYPASS_HELP = `
Looks at configured servers that run without a gateway, at calls in the transcripts of Claude Code,
Codex and Gemini CLI that nothing let through, at configurations that were governed and no longer
are, and at providers' records. A line of those: {"time", "id" or "idempotency_key", "credential"}.

Exit code: 0 nothing went around, 1 something did, 2 something could not be looked at.
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
  addTools(inventory, shell);
  addRewiring(inventory, shell);
  addAgent(inventory, shell);
  addBypass(inventory, shell);
}

function addAgent(inventory: Command, shell: Shell): void {
  withMachine(inventory.command('agent').description('answer five questions about an agent'))
    .argument('<agent>', 'the agent')
    .addHelpText('after', AGENT_HELP)
    .action((name: string, _: unknown, command: Command) =>
      agent(name, command.optsWithGlobals<MachineOptions>(), shell),
    );
}

function addBypass(inventory: Command, shell: Shell): void {
  withMachine(
    inventory.command('bypass').description('find what went around the gateway and the hooks'),
  )
    .option('--since <time>', 'transcripts from then on, ISO 8601 (default: a day ago)')
    .option('--provider-log <files...>', 'what providers recorded, JSON lines, to be compared')
    .option('--skip <ways...>', 'do not look at these: processes, transcripts, wiring')
    .option('--list', 'show what was recorded so far')
    .option('--dry-run', 'record nothing')
    .addHelpText('after', BYPASS_HELP)
    .action((_: unknown, command: Command) =>
      bypass(command.optsWithGlobals<BypassOptions>(), shell),
    );
}

function addTools(inventory: Command, shell: Shell): void {
  const asking = (command: Command): Command =>
    withMachine(command)
      .option('--ask', 'start each server, or reach it, and ask it; asks you first')
      .option('--yes', 'do not ask first')
      .option('--client <client>', 'only the tools of this client')
      .option('--timeout <seconds>', 'how long a server may take to answer', '30');
  asking(inventory.command('tools').description('list every tool agents can reach, and its worst'))
    .addHelpText('after', TOOLS_HELP)
    .action((_: unknown, command: Command) =>
      listTools(command.optsWithGlobals<ToolsOptions>(), shell),
    );
  asking(inventory.command('draft').description('draft a conservative pact for each agent'))
    .option('--agent <agent>', 'only for this agent')
    .option('--owner <address>', 'who answers for it')
    .option('-o, --output <folder>', 'write <agent>.pact.yaml files there, never over another')
    .action((_: unknown, command: Command) =>
      draft(command.optsWithGlobals<DraftOptions>(), shell),
    );
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
