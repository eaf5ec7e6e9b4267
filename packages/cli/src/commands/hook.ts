import { type Command, Option } from 'commander';

import { installHooks, type InstallOptions } from '../hooks/install.ts';
import { removeHooks, type RemoveOptions } from '../hooks/remove.ts';
import { showHooks, type ShowOptions } from '../hooks/show.ts';
import { tryHook, type TrialOptions } from '../hooks/trial.ts';
import { HOOKED } from '../hooks/hooked.ts';
import { clientOf } from '../hooks/client-of.ts';
import type { Shell } from '../shell.ts';

const HELP = `
\`install\` puts hooks in the client's own file: each use of a tool is then decided by the daemon,
with its arguments, before the client runs it, and what came of it is recorded. Everything else
in the file stays, and \`remove\` puts it back. The hook is a shell script that asks the daemon
with curl over its socket; it refuses whenever that fails.

Exit code: 0 installed and answered, or let through; 1 not, or refused.
`;

/** Adds `plumb hook`: the guard behind the hooks of coding agents. */
export function addHook(program: Command, shell: Shell): void {
  const hook = program
    .command('hook')
    .description('govern a coding agent by its own hooks')
    .addHelpText('after', HELP);
  for (const [id, title] of HOOKED) addClient(hook, { id, title }, shell);
}

function addClient(
  hook: Command,
  { id, title }: { readonly id: string; readonly title: string },
  shell: Shell,
): void {
  const client = hook.command(id).description(`the hooks of ${title}`);
  withPlace(client.command('show', { isDefault: true }))
    .description('say where they are installed, for which agent, and whether they are answered')
    .action(async (options: ShowOptions) => showHooks(await clientOf(id), options, shell));
  withPlace(client.command('install'))
    .description("put them in the client's file")
    .option('--agent <agent>', 'the agent whose pact holds (or PLUMBLINE_AGENT)')
    .option('--principal <name>', 'who asks (default: the user of this machine)')
    .option('--task <task>', 'what for: a task of the pact')
    .option('--prefix <prefix>', "stands before the client's own tools in the pact")
    .option('--gateway <servers...>', 'MCP servers of the client that are behind `plumb mcp`')
    .option('--wait <seconds>', 'how long a call waits for a person or for facts', '45')
    .option('--scope <scope>', 'user, project, or (Claude Code) local', 'user')
    .option('--form <form>', 'command, or (Claude Code) http, which starts no program', 'command')
    .option('--dry-run', 'show the file as it would be')
    .action(async (options: InstallOptions) => installHooks(await clientOf(id), options, shell));
  withPlace(client.command('remove'))
    .description('take them out again')
    .option('--scope <scope>', 'only there (default: everywhere)')
    .option('--dry-run', 'say where they would be taken out')
    .action(async (options: RemoveOptions) => removeHooks(await clientOf(id), options, shell));
  client
    .command('test')
    .description('run the installed hook as the client would, for one call')
    .option('--tool <tool>', 'a tool as the client calls it')
    .option('--args <json>', 'its arguments, a JSON object')
    .option('--json', 'print one JSON object')
    .action(async (options: TrialOptions) => tryHook(await clientOf(id), options, shell));
}

function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--data <folder>', 'the data directory of the daemon on this machine'))
    .addOption(new Option('--config <file>', 'the configuration file of that daemon'))
    .option('--json', 'print one JSON object');
}
