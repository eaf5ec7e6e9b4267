import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readConfig } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { builtInsOf } from '../inventory/list.ts';
import { type Looked, lookHere } from '../inventory/machine-options.ts';
import type { Shell } from '../shell.ts';

type Options = { readonly data?: string; readonly config?: string; readonly json?: boolean };

/** Adds `plumb doctor`: whether everything a daemon stands on is well. */
export function addDoctor(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('look at everything the daemon stands on, also while it is down; 1 when it fails')
    .option('--data <folder>', 'its data directory')
    .option('--config <file>', 'its configuration file')
    .option('--json', 'print one JSON object')
    .action((options: Options) => doctor(options, shell));
}

async function doctor(options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const credentials = shell.environment['CREDENTIALS_DIRECTORY'] ?? null;
  const examined = await server.examine(config, { credentials, now: shell.wallMs() });
  const findings = [...examined];
  findings.push(pathsOfAgents(await lookHere(options, shell), shell));
  const isWell = findings.every(({ state }) => state !== 'fail');
  if (!isWell) shell.exit(EXIT.no);
  if (options.json === true) return shell.screen.json({ ok: isWell, findings });
  for (const { what, state, says, next } of findings) {
    const advice = next === null ? '' : `\n${' '.repeat(6)}${next}`;
    shell.screen.print(`${state.padEnd(4)}  ${what}: ${says}${advice}`);
  }
}

type Finding = Awaited<ReturnType<Server['examine']>>[number];

/** What agents on this machine can reach without anything in between. */
function pathsOfAgents(looked: Looked, { program }: Shell): Finding {
  const { machine, server, governors } = looked;
  const servers = machine.servers.filter(({ isEnabled }) => isEnabled);
  const open = servers.filter((each) => server.governedBy(each, governors) === null);
  const unhooked = builtInsOf(looked).filter(({ governed }) => !governed);
  const what = 'paths of agents';
  if (open.length + unhooked.length === 0) {
    const none = 'no MCP server of an agent is configured on this machine';
    const all = `${servers.length} MCP servers are configured, all of them governed`;
    const says = servers.length === 0 ? none : all;
    return { what, state: 'ok', says, next: null };
  }
  const says =
    `${open.length} of ${servers.length} MCP servers, and the own tools of ${unhooked.length} ` +
    'clients, are governed by nothing';
  return { what, state: 'warn', says, next: `\`${program} inventory\` shows them` };
}
