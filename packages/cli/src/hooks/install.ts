import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { readConfig, step, withDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Client, placeOf, placesOf, programIn, scopeOf, textOf } from './hook-place.ts';

/** What is given when hooks are installed. */
export type InstallOptions = {
  readonly agent?: string;
  readonly principal?: string;
  readonly task?: string;
  readonly prefix?: string;
  readonly gateway?: readonly string[];
  readonly wait: string;
  readonly scope: string;
  readonly form: string;
  readonly dryRun?: boolean;
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
};

const MOST_WAIT_S = 540;
/** What is longer the daemon would refuse with every event. */
const MOST_NAME = 512;
const MOST_PREFIX = 64;

/** Puts hooks in a client's file, and the program they start in the data directory. */
export async function installHooks(
  client: Client,
  options: InstallOptions,
  shell: Shell,
): Promise<void> {
  const server = await loadServer();
  const scope = scopeOf(client, options.scope);
  const attested = attestedBy(options, shell);
  const curl = curlOf(shell);
  const path = placeOf(server, { client, scope }, shell);
  const read = textOf(server, path);
  const fault = server.faultOfHooks(read ?? '');
  if (fault !== null) throw new Stop(fault, path);
  const config = readConfig(server, options, shell);
  const { data: folder } = config;
  const origin = originOf(client, { form: options.form, config }, shell);
  const script = join(folder, server.HOOK_SCRIPT);
  const text = server.withHooks(read ?? '', client, { script, attested, origin });
  const isChanged = text !== read;
  // A client that cannot read its file runs no hook at all.
  if (isPlain(read ?? '') && !isPlain(text)) throw new Error(`bug: ${path} would be no JSON`);
  const planned = { client: client.id, scope, path, script, agent: attested.agent, isChanged };
  if (options.dryRun === true) {
    if (options.json === true) return shell.screen.json({ ...planned, text });
    shell.screen.print(isChanged ? `${path} would be:\n\n${text.trimEnd()}` : `${path} stays`);
    return;
  }
  const isArmed = await checkAgent(attested.agent, options, shell);
  writeWhole(script, server.hookScript(curl), { isNew: false, mode: 0o700 });
  if (isChanged) put(server, { folder, path, read, text });
  if (options.json === true) return shell.screen.json({ ...planned, isArmed });
  shell.screen.print(
    [
      isChanged ? `wrote ${path}` : `${path} has the hooks already`,
      ...(isArmed ? [] : [`\`${attested.agent}\` has no armed pact yet, so everything is refused`]),
      ...twice(server, { client, scope }, shell),
      ...(client.note === null ? [] : [client.note]),
      ...(origin === null ? [] : [keyNote(server.HOOK_KEY, attested.agent, shell)]),
      `\nnext: ${shell.program} hook ${client.id} test`,
    ].join('\n'),
  );
}

type Config = ReturnType<Server['loadConfig']>;

/** The first version of Claude Code whose hooks over HTTP block when they fail. */
const BLOCKS_SINCE = [2, 1, 295] as const;

/** Returns where hooks go that need no program; null: each starts one. Errors: `Stop`. */
function originOf(
  client: Client,
  { form, config }: { readonly form: string; readonly config: Config },
  shell: Shell,
): string | null {
  if (form === 'command') return null;
  if (form !== 'http') throw new Stop(`must be command or http, not \`${form}\``, '--form');
  if (client.http === null) throw new Stop(`${client.title} has no hooks over HTTP`, '--form');
  const { http, tls } = config.listen;
  if (http === null || http.port === 0) {
    throw new Stop('the daemon listens on no port of its own: set `listen.http`', '--form');
  }
  const program = programIn(shell, 'claude');
  const said = program === null ? '' : execFileSync(program, ['--version'], { encoding: 'utf8' });
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(said)?.slice(1).map(Number);
  if (version !== undefined && isBefore(version, BLOCKS_SINCE)) {
    throw new Stop('lets calls through when an HTTP hook fails: take 2.1.295 or later', program);
  }
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  return `${tls === null ? 'http' : 'https'}://${host}:${http.port}`;
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const at = other.findIndex((part, index) => part !== version[index]);
  return at >= 0 && (version[at] ?? 0) < (other[at] ?? 0);
}

function keyNote(variable: string, agent: string, { program }: Shell): string {
  const make = `${program} key add --kind opener --name hooks --agent ${agent}`;
  return `a key is taken: set ${variable} where the client starts to what \`${make}\` prints`;
}

function attestedBy(options: InstallOptions, { environment }: Shell): Attested {
  const agent = options.agent ?? environment['PLUMBLINE_AGENT'];
  if (agent === undefined) throw new Stop('name the agent with --agent or in PLUMBLINE_AGENT');
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(agent)) {
    throw new Stop('must be lower-case letters, digits and dashes, a letter first', '--agent');
  }
  const { principal = userInfo().username, task = null, prefix = null, gateway = [] } = options;
  checkLength(principal, '--principal', MOST_NAME);
  if (task !== null) checkLength(task, '--task', MOST_NAME);
  if (prefix !== null && prefix !== '') checkLength(prefix, '--prefix', MOST_PREFIX);
  const bad = gateway.find((name) => name === '' || name.includes(','));
  if (bad !== undefined)
    throw new Stop('must be the name of an MCP server of the client', '--gateway');
  return { agent, principal, task, prefix, gateways: gateway, waitSeconds: waitOf(options.wait) };
}

function checkLength(text: string, option: string, most: number): void {
  if (text !== '' && text.length <= most && text.isWellFormed()) return;
  throw new Stop(`must be a text of 1 to ${most} characters`, option);
}

function isPlain(text: string): boolean {
  try {
    JSON.parse(text.trim() === '' ? '{}' : text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

type Attested = Parameters<Server['withHooks']>[2]['attested'];

function waitOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= MOST_WAIT_S) return seconds;
  throw new Stop(`must be a whole number of seconds, at most ${MOST_WAIT_S}`, '--wait');
}

/** Returns where curl is. Errors: `Stop` where there is none that speaks to sockets. */
export function curlOf(shell: Shell): string {
  const path = programIn(shell, 'curl');
  if (path === null) {
    throw new Stop('the hook asks the daemon with `curl`, which is not here: install it first');
  }
  const said = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (said.includes('UnixSockets')) return path;
  throw new Stop('was built without Unix sockets: install another one', path);
}

async function checkAgent(
  agent: string,
  { data: folder, config }: InstallOptions,
  shell: Shell,
): Promise<boolean> {
  const connection = {
    ...(folder === undefined ? {} : { data: folder }),
    ...(config === undefined ? {} : { config }),
  };
  const status = await withDaemon({ connection, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}`),
  );
  return typeof status['pact'] === 'string';
}

function put(
  server: Server,
  {
    folder,
    path,
    read,
    text,
  }: {
    readonly folder: string;
    readonly path: string;
    readonly read: string | null;
    readonly text: string;
  },
): void {
  try {
    new server.HookRecords(folder).install(path, read, text);
  } catch (cause) {
    if (cause instanceof server.RewireRefused) throw new Stop(cause.message);
    throw cause;
  }
}

// Each hook decides, and a call is let through once.
function twice(
  server: Server,
  { client, scope }: { readonly client: Client; readonly scope: string },
  shell: Shell,
): readonly string[] {
  return placesOf(server, client, shell)
    .filter((place) => place.scope !== scope)
    .filter(({ path }) => server.hooksIn(textOf(server, path) ?? '').length > 0)
    .map(({ path }) => `${path} has hooks as well: remove one of them, or each call is refused`);
}
