import { homedir } from 'node:os';

import { type Command, Option } from 'commander';

import { readConfig } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';

/** The options of every command that looks around on this machine. */
export type MachineOptions = {
  readonly folder?: readonly string[];
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
};

/** Adds the options that say where is looked. */
export function withMachine(command: Command): Command {
  return command
    .option('--folder <folders...>', 'folders of projects, beside this one and those clients list')
    .addOption(new Option('--data <folder>', 'the data directory of the daemon on this machine'))
    .addOption(new Option('--config <file>', 'the configuration file of that daemon'))
    .option('--json', 'print one JSON object');
}

/** What was found on this machine, and what the daemon is configured with. */
export type Looked = {
  readonly server: Server;
  readonly config: ReturnType<Server['loadConfig']>;
  readonly machine: ReturnType<Server['lookAround']>;
  /** The addresses of this machine's daemon, and the hooks. */
  readonly governors: Parameters<Server['shownServer']>[1];
  readonly home: string;
  readonly surroundings: Parameters<Server['lookAround']>[0];
};

/** Looks around on this machine. Errors: `Stop` where the configuration of the daemon is wrong. */
export async function lookHere(
  options: MachineOptions,
  shell: Shell,
  files: readonly string[] = [],
): Promise<Looked> {
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const { environment } = shell;
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? homedir();
  const { platform } = process;
  const surroundings = { platform, home, root: '/', environment };
  const folders = [here(shell), ...(options.folder ?? [])];
  // What was governed is looked at again, also where nobody names it now.
  const governed = new server.GovernedFiles(config.data).list().files.map(({ path }) => path);
  const machine = server.lookAround(surroundings, folders, [...governed, ...files]);
  const governors = { origins: originsOf(config.listen.http), hooks: machine.hooks };
  return { server, config, machine, governors, home, surroundings };
}

/** Returns the folder the command was given in; npm runs scripts in another. */
export function here({ program, environment }: Shell): string {
  const given = program.startsWith('npm') ? environment['INIT_CWD'] : undefined;
  return given ?? process.cwd();
}

function originsOf(
  http: { readonly host: string; readonly port: number } | null,
): readonly string[] {
  if (http === null) return [];
  const hosts = [...new Set([http.host, '127.0.0.1', 'localhost', '[::1]'])];
  return hosts.flatMap((host) =>
    ['http', 'https'].map((scheme) => `${scheme}://${host}:${http.port}`),
  );
}

/** Returns a path as people read it: what is in the home folder begins with `~`. */
export function shortPath(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
