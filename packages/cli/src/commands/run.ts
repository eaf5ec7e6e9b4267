import { homedir, userInfo } from 'node:os';
import { basename } from 'node:path';

import { type Command, InvalidArgumentError } from 'commander';
import type { JsonObject } from '@plumbline/core';

import { readConfig, startDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { objectIn } from '../daemon/object-option.ts';
import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly data?: string;
  readonly config?: string;
  readonly agent?: string;
  readonly principal?: string;
  readonly task?: string;
  readonly room?: string;
  readonly attributes?: string;
  readonly session?: string;
  readonly folder: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly home?: string;
  readonly env: readonly string[];
  readonly user?: string;
  readonly allowHost: readonly string[];
  readonly allowNetwork: readonly string[];
  readonly memory: number;
  readonly processes: number;
  readonly cpu?: number;
  readonly time?: number;
  readonly busy: number;
  readonly idle: number;
  readonly haltOnLimit?: boolean;
  readonly weaker?: boolean;
};

const HELP = `
The agent sees the system read-only, its folder, and a home that is gone when it ends; no other
file, socket, process or variable of this machine. It reaches the hosts that are allowed, by name,
through a proxy (HTTP_PROXY, HTTPS_PROXY), and its gateway (PLUMBLINE_MCP). A halt ends all of it
at once, and so does a daemon that is away for longer than a lease lasts. Where the setting
supervision names the agent, its hosts and limits hold, and options may only narrow them.

Exit code: 0 the agent ended with 0, 1 it ended otherwise or was ended, 2 something named is wrong.
`;

/** Adds `plumb run`: an agent in a sandbox whose only ways out are the gateway and a proxy. */
export function addRun(program: Command, shell: Shell): void {
  program
    .command('run')
    .description(
      'start an agent in a sandbox, supervised: what it starts and reaches, until it ends',
    )
    .argument('<command...>', 'the agent and its arguments, behind `--`')
    .option('--agent <agent>', 'the agent whose pact holds (or PLUMBLINE_AGENT)')
    .option('--principal <name>', 'who asks (default: the user of this machine)')
    .option('--task <task>', 'what for: a task of the pact')
    .option('--room <room>', 'where')
    .option('--attributes <json>', 'what else is attested, a JSON object')
    .option('--session <session>', 'a session that is open already, instead of one of its own')
    .option('--folder <folder>', 'where it works, and may write', process.cwd())
    .option('--read <folder>', 'a folder it may read; again for more', collect, [])
    .option('--write <folder>', 'a folder it may write; again for more', collect, [])
    .option('--home <folder>', 'its home, kept (default: a fresh one)')
    .option('--env <name>', 'a variable it is given; again for more', collect, [])
    .option('--user <name>', 'whom it runs as, where root starts it')
    .option('--allow-host <host:port>', 'a host it may reach, such as `*.npmjs.org`', collect, [])
    .option('--allow-network <cidr>', 'a private network such a host may lie in', collect, [])
    .option('--memory <MiB>', 'of all its processes together', numberOf, 4_096)
    .option('--processes <count>', 'how many it may have', numberOf, 256)
    .option('--cpu <seconds>', 'of all its processes together', numberOf)
    .option('--time <seconds>', 'how long it may take', numberOf)
    .option('--busy <seconds>', 'processor time without any action; 0: any', numberOf, 900)
    .option('--idle <seconds>', 'time without action and work; 0: any', numberOf, 14_400)
    .option('--halt-on-limit', 'a limit also halts the session')
    .option('--weaker', 'without a sandbox: a process group and a bare environment alone')
    .option('--data <folder>', 'the data directory of the daemon')
    .option('--config <file>', 'the configuration file of the daemon')
    .addHelpText('after', HELP)
    .action((command: readonly string[], options: Options) => start(command, options, shell));
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function numberOf(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && text.trim() !== '') return value;
  throw new InvalidArgumentError('it must be a number');
}

async function start(command: readonly string[], options: Options, shell: Shell): Promise<void> {
  const agent = options.agent ?? shell.environment['PLUMBLINE_AGENT'];
  if (agent === undefined) throw new Stop('name the agent with --agent or in PLUMBLINE_AGENT');
  const server = await loadServer();
  const { data: folder, config: configFile } = options;
  const settings = new Map(folder === undefined ? [] : [['data', folder] as const]);
  const told = { configFile, settings };
  const config = readConfig(server, told, shell);
  // Everything that is named is looked at before anything is started.
  const machine = machineFor(server, options, shell);
  const request = {
    socket: server.placesOf(config.data).socket,
    session: sessionOf(agent, options),
    plan: planOf(server, { command, options, config, shell }),
    reach: reachOf(server, options),
    hosts: options.allowHost,
    machine,
    streams: 'inherit' as const,
  };
  await startDaemon(server, { folder: config.data, told, shell });
  const halting = options.haltOnLimit === true ? { onLimit: haltWith(server, request, agent) } : {};
  const opened = await server.supervise({ ...request, ...halting });
  if (!opened.ok) {
    const said = `nothing was started: ${opened.message} (${opened.code})`;
    throw new Stop(said, null, EXIT.no);
  }
  const { value: run } = opened;
  shell.screen.note(`plumb: ${firstLine(run)}\n`);
  const forget = passSignals(run);
  const end = await run.done;
  forget();
  if (end.why === 'exited' && end.code === 0 && end.lost === 0) return;
  shell.screen.note(`plumb: ${wordsOf(end, basename(command[0] ?? ''))}\n`);
  if (end.why !== 'exited' || end.code !== 0) shell.exit(EXIT.no);
}

type Config = ReturnType<Server['loadConfig']>;
type Request = Parameters<Server['supervise']>[0];

function machineFor(server: Server, { weaker }: Options, { screen }: Shell): Request['machine'] {
  if (weaker === true) {
    screen.note('plumb: WITHOUT A SANDBOX: it reads and reaches whatever its user can\n');
    return null;
  }
  const found = server.sandboxMachine();
  if ('machine' in found) return found.machine;
  throw new Stop(`${found.why}; \`--weaker\` starts it without a sandbox`, null, EXIT.no);
}

function sessionOf(agent: string, options: Options): Request['session'] {
  const { session, principal = userInfo().username, task = null, room = null } = options;
  if (session !== undefined) return { agent, session };
  const attributes: JsonObject = objectIn(options.attributes, '--attributes');
  return { agent, principal, task, room, attributes };
}

type Planning = {
  readonly command: readonly string[];
  readonly options: Options;
  readonly config: Config;
  readonly shell: Shell;
};

function planOf(server: Server, { command, options, config, shell }: Planning): Request['plan'] {
  const { folder: work, read, write, home = null } = options;
  const who = server.whoRuns(options.user);
  if (typeof who === 'string') throw new Stop(who, '--user');
  const { rootKey, data: ours } = config;
  const kept = [ours, ...(rootKey.kind === 'file' ? [rootKey.path] : [])];
  const checked = server.checkFolders({ work, read, write, home }, { home: homedir(), ours: kept });
  if (!checked.ok) throw new Stop(checked.message);
  const environment = server.agentEnvironment(shell.environment, options.env);
  if (!environment.ok) throw new Stop(`\`${environment.missing}\` is not set`, '--env');
  return {
    command,
    who,
    folders: checked.value,
    limits: limitsOf(options),
    environment: environment.value,
  };
}

function limitsOf(options: Options): Request['plan']['limits'] {
  const { memory, processes, cpu, time, busy, idle } = options;
  const ms = (seconds: number | undefined): number | null => {
    return seconds === undefined || seconds === 0 ? null : seconds * 1_000;
  };
  return {
    memoryBytes: Math.round(memory * 1_048_576),
    processes: Math.round(processes),
    cpuMs: ms(cpu),
    timeMs: ms(time),
    busyMs: ms(busy),
    idleMs: ms(idle),
  };
}

function reachOf(server: Server, { allowHost, allowNetwork }: Options): Request['reach'] {
  const hosts = allowHost.map((text) => {
    const parsed = server.parseAllowed(text);
    if (typeof parsed === 'string') throw new Stop(`\`${text}\` ${parsed}`, '--allow-host');
    return parsed;
  });
  const networks = allowNetwork.map((text) => {
    const parsed = server.parseNetwork(text);
    if (parsed === undefined) throw new Stop(`\`${text}\` is no network`, '--allow-network');
    return parsed;
  });
  return { hosts, networks };
}

function haltWith(server: Server, { socket }: Pick<Request, 'socket'>, agent: string) {
  return async ({ session, limit }: { readonly session: string; readonly limit: string }) => {
    const client = server.openClient({ kind: 'socket', path: socket });
    const reason = `it reached its limit of ${limit}`;
    const body = { scope: 'session', target: session, reason };
    await client.ask({ method: 'POST', path: `/api/v1/agents/${agent}/halt`, body });
    await client.close();
  };
}

type Run = Extract<Awaited<ReturnType<Server['supervise']>>, { readonly ok: true }>['value'];

function firstLine({ session, group, bounds: { named, by } }: Run): string {
  const some = named.slice(0, 5).join(', ');
  const more = named.length > 5 ? ` and ${named.length - 5} more` : '';
  const hosts = named.length === 0 ? 'no host' : `${some}${more}`;
  const kernel = group === null || group.bounds.length === 0 ? null : group.bounds.join(' and ');
  const limits =
    kernel === null
      ? 'limits are looked at ten times a second, without control groups'
      : `the kernel bounds ${kernel} of all of it`;
  return `session ${session}; it may reach ${hosts} (as the ${by} say); ${limits}`;
}

const PASSED = ['SIGWINCH', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** The agent is asked first; whoever asks again ends it. */
function passSignals(run: Run): () => void {
  let asked = 0;
  const pass = (name: NodeJS.Signals): void => {
    if (name !== 'SIGWINCH') asked += 1;
    if (asked > 1) run.stop();
    else run.signal(name);
  };
  for (const name of PASSED) process.on(name, pass);
  return () => {
    for (const name of PASSED) process.off(name, pass);
  };
}

const LIMITS: Readonly<Record<string, string>> = {
  busy: 'it computed for too long without any action (--busy)',
  idle: 'it did nothing for too long (--idle)',
};

function wordsOf({ why, said, code, signal, lost }: Awaited<Run['done']>, name: string): string {
  const unrecorded = lost === 0 ? '' : `; ${lost} events were not recorded`;
  switch (why) {
    case 'exited':
      return `${name} ended with ${code ?? signal ?? 'nothing'}${unrecorded}`;
    case 'halted':
      return `${name} was ended: it is halted, or its session is over${unrecorded}`;
    case 'lease':
      return `${name} was ended: the daemon was away for longer than a lease lasts${unrecorded}`;
    case 'limit':
      return `${name} was ended: ${LIMITS[said] ?? `it reached its limit of ${said}`}${unrecorded}`;
    case 'asked':
      return `${name} was ended, as asked${unrecorded}`;
  }
}
