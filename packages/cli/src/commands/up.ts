import type { Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { askedStart } from '../daemon/asked-start.ts';
import { readConfig, startDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly config?: string;
  readonly data?: string;
  readonly listen?: string;
  readonly origin?: string;
  readonly set: readonly string[];
  readonly detach?: boolean;
  readonly printConfig?: boolean;
  readonly json?: boolean;
};

const HELP = `
Every setting can be given by --set, in the environment or in the configuration file:
docs/daemon.md lists them. The first start prints the admin key, this once.

Exit code: 0 it was asked to stop, 1 it did not start, 3 it failed while it ran.
`;

/** Adds `plumb up`: runs the daemon. */
export function addUp(program: Command, shell: Shell): void {
  program
    .command('up')
    .description('run the daemon')
    .option('--config <file>', 'the configuration file')
    .option('--data <folder>', 'the data directory')
    .option('--listen <address>', 'host:port, or `none` for the socket alone')
    .option('--origin <name>', "the log's name")
    .option('--set <setting=value...>', 'any setting, more than once', collect, [])
    .option('--detach', 'go on without this terminal')
    .option('--print-config', 'show what a start would use, without secrets')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: Options) => up(options, shell));
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function up(options: Options, shell: Shell): Promise<void> {
  const server = await loadServer();
  const told = { configFile: options.config, settings: settingsOf(options) };
  const config = askedConfig(server, { told, options }, shell);
  if (options.printConfig === true) return shell.screen.json(server.printConfig(config));
  if (options.detach === true) return detach(server, { folder: config.data, told, options }, shell);
  const asked = askedStart(server, { told, folder: config.data }, shell);
  const code = await server.runDaemon(config, {
    environment: shell.environment,
    log: { write: (line) => shell.screen.note(line) },
    say: (said) => {
      if (said.kind === 'started') asked.started();
      if (said.kind === 'refused') asked.failed(said.message);
      tell(server, said, { options, shell });
    },
  });
  shell.exit(code === 0 ? EXIT.ok : code === 1 ? EXIT.no : EXIT.internal);
}

/** Returns the configuration; one that cannot be read is a start that failed as well. */
function askedConfig(
  server: Server,
  { told, options }: { readonly told: Told; readonly options: Options },
  shell: Shell,
): ReturnType<Server['loadConfig']> {
  try {
    return readConfig(server, told, shell);
  } catch (cause) {
    const isAsked = options.printConfig !== true && cause instanceof Stop;
    if (isAsked) askedStart(server, { told, folder: null }, shell).failed(cause.message);
    throw cause;
  }
}

type Told = {
  readonly configFile: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
};

function settingsOf({ data: folder, listen, origin, set }: Options): ReadonlyMap<string, string> {
  const flags = [
    ['data', folder],
    ['listen.http', listen],
    ['origin', origin],
  ] as const;
  const named = flags.flatMap(([path, value]): [string, string][] =>
    value === undefined ? [] : [[path, value]],
  );
  const given = set.map((text): [string, string] => {
    const [, path, value] = /^([A-Za-z.]+)=(.*)$/s.exec(text) ?? [];
    if (path === undefined || value === undefined) {
      throw new Stop(`write \`<setting>=<value>\`, not \`${text}\``, '--set');
    }
    return [path, value];
  });
  return new Map([...named, ...given]);
}

type Said = Parameters<Parameters<Server['runDaemon']>[1]['say']>[0];

function tell(
  server: Server,
  said: Said,
  { options, shell }: { readonly options: Options; readonly shell: Shell },
): void {
  if (said.kind !== 'started') {
    shell.screen.note(`plumb: ${said.message}\n`);
    if (options.json === true) {
      shell.screen.json({ error: { message: said.message, place: null, exit: EXIT.no } });
    }
    return;
  }
  const { started } = said;
  if (options.json === true) return shell.screen.json(started);
  const { pid, url, socket } = started;
  shell.screen.print(`plumbline runs, pid ${pid}: ${url ?? 'socket alone'}, ${socket}`);
  const first = server.firstSteps(started, shell.program);
  if (first !== '') shell.screen.print(first);
  else sayConsole(started, shell);
}

function sayConsole({ url }: { readonly url: string | null }, { program, screen }: Shell): void {
  if (url === null) return;
  screen.print(`the console: ${url}/console/ (\`${program} console\` signs you in)`);
}

async function detach(
  server: Server,
  {
    folder,
    told,
    options,
  }: {
    readonly folder: string;
    readonly told: Told;
    readonly options: Options;
  },
  shell: Shell,
): Promise<void> {
  const started = await startDaemon(server, { folder, told, shell, isAskedFor: true });
  if (started === null) {
    const holder = server.readHolder(server.placesOf(folder));
    throw new Stop(`a daemon runs already, pid ${holder?.pid ?? 'unknown'}`, null, EXIT.no);
  }
  if (options.json === true) return shell.screen.json(started);
  shell.screen.print(`plumbline runs: ${started.url ?? 'socket alone'}, ${started.socket}`);
  if (started.bootstrap === null) sayConsole(started, shell);
}
