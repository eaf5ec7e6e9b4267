import { dirname } from 'node:path';

import { type Command, Option } from 'commander';
import { type Json, type JsonObject, isJsonObject } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import { readText } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { askedStart } from './asked-start.ts';
import { loadServer, type Server } from './load-server.ts';

/** The options of every command that speaks to a daemon. */
export type Connection = {
  readonly data?: string;
  readonly config?: string;
  readonly url?: string;
  readonly keyFile?: string;
  readonly json?: boolean;
};

/** What a command asks of a daemon. */
export type Daemon = {
  readonly get: (path: string) => Promise<JsonObject>;
  readonly post: (path: string, body?: JsonObject) => Promise<JsonObject>;
  readonly remove: (path: string, body?: JsonObject) => Promise<JsonObject>;
  /** Returns what is answered at a path also when that is no success. */
  readonly peek: (path: string) => Promise<{ readonly isFine: boolean; readonly body: JsonObject }>;
};

/** Adds to a command the options that say which daemon is meant. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--data <folder>', 'the data directory of the daemon on this machine'))
    .addOption(new Option('--config <file>', 'the configuration file of that daemon'))
    .addOption(new Option('--url <url>', 'a daemon elsewhere (or PLUMBLINE_URL)'))
    .addOption(new Option('--key-file <file>', 'holds the key for it (or PLUMBLINE_KEY)'))
    .option('--json', 'print one JSON object');
}

/** Says whether a daemon that does not run is started first. */
export type Wanted = { readonly start: boolean };

/**
 * Runs work against the daemon that is meant, and closes the connection behind it.
 *
 * Errors: `Stop` with what the daemon answered, or what to type when none runs.
 */
export async function withDaemon<T>(
  {
    connection,
    shell,
    wanted = { start: true },
  }: {
    readonly connection: Connection;
    readonly shell: Shell;
    readonly wanted?: Wanted;
  },
  work: (daemon: Daemon) => Promise<T>,
): Promise<T> {
  const server = await loadServer();
  const target = await targetOf(server, { connection, shell, wanted });
  const client = server.openClient(target);
  try {
    const ask = async (
      method: 'GET' | 'POST' | 'DELETE',
      path: string,
      body?: JsonObject,
    ): Promise<JsonObject> => {
      const said = await client.ask({ method, path, ...(body === undefined ? {} : { body }) });
      return isJsonObject(said) ? said : {};
    };
    return await work({
      get: (path) => ask('GET', path),
      post: (path, body) => ask('POST', path, body),
      remove: (path, body) => ask('DELETE', path, body),
      peek: (path) => peek(server, client, path),
    });
  } catch (cause) {
    throw whyNotRunning(server, cause, target) ?? stopOf(server, cause, shell);
  } finally {
    await client.close();
  }
}

async function peek(
  server: Server,
  client: ReturnType<Server['openClient']>,
  path: string,
): ReturnType<Daemon['peek']> {
  try {
    const said = await client.ask({ method: 'GET', path });
    return { isFine: true, body: isJsonObject(said) ? said : {} };
  } catch (cause) {
    if (!(cause instanceof server.ClientError) || !isJsonObject(cause.problem)) throw cause;
    return { isFine: false, body: cause.problem };
  }
}

type Asking = {
  readonly connection: Connection;
  readonly shell: Shell;
  readonly wanted: Wanted;
};

async function targetOf(
  server: Server,
  { connection, shell, wanted }: Asking,
): Promise<Parameters<Server['openClient']>[0]> {
  const url = connection.url ?? shell.environment['PLUMBLINE_URL'];
  if (url !== undefined) return { kind: 'url', url, key: keyFor(connection, shell) };
  // A vote that was meant to be a person's would otherwise go out as nobody's.
  if (connection.keyFile !== undefined) {
    throw new Stop('goes with --url or PLUMBLINE_URL: the socket takes no key', '--key-file');
  }
  const config = readConfig(server, connection, shell);
  if (wanted.start) {
    await startDaemon(server, { folder: config.data, told: toldOf(connection), shell });
  }
  return { kind: 'socket', path: server.placesOf(config.data).socket };
}

const KEY = /^plk_[0-9a-f]{16}_[0-9a-f]{64}$/;
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

function keyFor({ keyFile }: Connection, { environment }: Shell): string | null {
  const given = keyFile === undefined ? environment['PLUMBLINE_KEY'] : readText(keyFile);
  const key = given?.trim() ?? null;
  if (key === null || KEY.test(key) || TOKEN.test(key)) return key;
  const what = 'holds neither a key (`plk_<id>_<secret>`) nor a token of an issuer, alone';
  throw new Stop(what, keyFile ?? 'PLUMBLINE_KEY');
}

/** Returns what the daemon on this machine is configured with. Errors: `Stop`. */
export function readConfig(
  server: Server,
  given: Pick<Connection, 'data' | 'config'> | Told,
  { environment }: Shell,
): ReturnType<Server['loadConfig']> {
  try {
    return server.loadConfig(environment, toldOf(given));
  } catch (cause) {
    if (cause instanceof server.ConfigError) throw new Stop(cause.message);
    throw cause;
  }
}

type Told = NonNullable<Parameters<Server['loadConfig']>[1]>;

function toldOf(given: Pick<Connection, 'data' | 'config'> | Told): Told {
  if ('settings' in given) return given;
  // Narrowed by the line above, which the compiler does not do for optional members.
  const { data: folder, config } = given as Pick<Connection, 'data' | 'config'>;
  return {
    configFile: config,
    settings: new Map(folder === undefined ? [] : [['data', folder] as const]),
  };
}

/**
 * Starts the daemon of a data directory unless it runs, and tells about a first start. Returns
 * what the start said, or null when one ran already.
 *
 * Errors: `Stop` with why it does not start.
 */
export async function startDaemon(
  server: Server,
  {
    folder,
    told,
    shell,
    isAskedFor = false,
  }: {
    readonly folder: string;
    readonly told: Told;
    readonly shell: Shell;
    readonly isAskedFor?: boolean;
  },
): Promise<Awaited<ReturnType<Server['ensureDaemon']>>> {
  const asked = askedStart(server, { told, folder }, shell);
  const { environment } = shell;
  try {
    const started = await server.ensureDaemon({ folder, told, environment, isAskedFor });
    if (started !== null) asked.started();
    if (started !== null) shell.screen.note(`plumb: started the daemon, pid ${started.pid}\n`);
    if (started?.bootstrap != null)
      shell.screen.note(`${server.firstSteps(started, shell.program)}\n`);
    return started;
  } catch (cause) {
    if (!(cause instanceof server.StartRefused)) throw cause;
    asked.failed(cause.message);
    throw new Stop(cause.message, null, EXIT.no);
  }
}

/** Says of a daemon on this machine that does not run how its last start failed. */
function whyNotRunning(
  server: Server,
  cause: unknown,
  target: Parameters<Server['openClient']>[0],
): Stop | null {
  const isDown = cause instanceof server.ClientError && cause.code === 'not-running';
  if (!isDown || target.kind !== 'socket') return null;
  const failed = server.readFailedStart(dirname(target.path));
  return failed === null ? null : new Stop(server.sayFailedStart(failed), null, EXIT.no);
}

function stopOf(server: Server, cause: unknown, { program }: Shell): unknown {
  if (!(cause instanceof server.ClientError)) return cause;
  if (cause.code === 'not-running') {
    return new Stop(`${cause.message}; start one with \`${program} up\``, null, EXIT.no);
  }
  const lines = diagnosticsOf(cause.problem);
  const next = nextStep(cause.code, program);
  const said = `${cause.message} (${cause.code})${next === null ? '' : `; ${next}`}`;
  return new Stop([...lines, said].join('\n'), null, EXIT.no);
}

/** What a person types next; null where the message itself says it. */
function nextStep(code: string, program: string): string | null {
  switch (code) {
    case 'unknown-agent':
      return `\`${program} agent list\` shows every agent, \`${program} agent add\` adds one`;
    case 'unknown-session':
      return `\`${program} session list <agent>\` shows the last ones`;
    case 'unknown-halt':
      return `\`${program} halts\` lists those since the daemon started`;
    case 'needs-proof':
      return 'give `--code`, or first `--challenge` and then `--answer`';
    case 'no-key':
    case 'bad-key':
    case 'bad-token':
      return `give a good key by --key-file or PLUMBLINE_KEY, or make one: \`${program} key add\``;
    case 'unreachable':
      return 'is the daemon up there, and the address right?';
    default:
      return null;
  }
}

function diagnosticsOf(problem: Json): readonly string[] {
  const found = isJsonObject(problem) ? problem['diagnostics'] : undefined;
  if (!Array.isArray(found)) return [];
  return found.filter(isJsonObject).map(({ place, message }) => {
    if (place === undefined || !isJsonObject(place)) return shown(message);
    const { file, line, column } = place;
    return `${shown(file)}:${shown(line)}:${shown(column)}: ${shown(message)}`;
  });
}

/** Returns one step of a path, with what is not a letter, digit, dot or dash escaped. */
export function step(text: string): string {
  return encodeURIComponent(text);
}

/** Returns the objects of an answer's `rows`. */
export function rowsOf(answer: JsonObject): readonly JsonObject[] {
  const { rows } = answer;
  return Array.isArray(rows) ? rows.filter(isJsonObject) : [];
}

/** Returns one member of an answer as it is shown to a person. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns a moment for a person, or a dash. */
export function shownTime(value: Json | undefined): string {
  return typeof value === 'number' ? new Date(value).toISOString() : '–';
}
