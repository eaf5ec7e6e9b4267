import { userInfo } from 'node:os';

import type { Command } from 'commander';
import { type JsonObject } from '@plumbline/core';
import type { StagingOptions } from '@plumbline/server';

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
  readonly prefix: string;
  readonly serverName?: string;
  readonly staging?: string;
  readonly stagingName: string;
  readonly wait: string;
  readonly timeout: string;
  readonly maxMessage: string;
  readonly maxAnswer: string;
  readonly maxCalls: string;
};

const HELP = `
The client starts \`plumb mcp … -- <server> …\` where it started the server before. Standard input
and output carry the protocol; what plumb has to say goes to standard error, like the server's own
words. A tool \`read_file\` of a server wrapped with --prefix fs. is \`fs.read_file\` in the pact.

Exit code: 0 it ended as it should, 1 the server or the daemon did not start, or failed.
`;

/** Adds `plumb mcp`: the gateway before one MCP server that speaks over its standard streams. */
export function addMcp(program: Command, shell: Shell): void {
  program
    .command('mcp')
    .description('put the guard between an MCP client and a server it starts')
    .argument('<command...>', 'the server and its arguments, behind `--`')
    .option('--agent <agent>', 'the agent whose pact holds (or PLUMBLINE_AGENT)')
    .option('--principal <name>', 'who asks (default: the user of this machine)')
    .option('--task <task>', 'what for: a task of the pact')
    .option('--room <room>', 'where')
    .option('--attributes <json>', 'what else is attested, a JSON object')
    .option('--session <session>', 'a session that is open already, instead of one of its own')
    .option('--prefix <prefix>', "stands before the server's names in the pact, such as `fs.`", '')
    .option('--server-name <name>', 'what the server is called in the inventory of tools')
    .option('--staging <command>', 'where calls of staged tools go: a command, or an address')
    .option('--staging-name <name>', 'what the pact calls it', 'staging')
    .option('--wait <seconds>', 'how long a call waits for a person or for facts', '45')
    .option('--timeout <seconds>', 'how long a call may take', '600')
    .option('--max-message <bytes>', 'the longest message that is read', '4194304')
    .option('--max-answer <bytes>', 'the largest answer of the server that is released', '786432')
    .option('--max-calls <count>', 'requests of the client that are answered at once', '256')
    .option('--data <folder>', 'the data directory of the daemon')
    .option('--config <file>', 'the configuration file of the daemon')
    .addHelpText('after', HELP)
    .action((command: readonly string[], options: Options) => wrap(command, options, shell));
}

async function wrap(
  [command = '', ...args]: readonly string[],
  options: Options,
  shell: Shell,
): Promise<void> {
  const agent = options.agent ?? shell.environment['PLUMBLINE_AGENT'];
  if (agent === undefined) throw new Stop('name the agent with --agent or in PLUMBLINE_AGENT');
  const bounds = {
    waitMs: secondsOf(options.wait, { place: '--wait', least: 0, most: 600 }),
    callMs: secondsOf(options.timeout, { place: '--timeout', least: 0, most: 3_600 }),
    answerBytes: wholeOf(options.maxAnswer, { place: '--max-answer', least: 1, most: 786_432 }),
    inFlight: wholeOf(options.maxCalls, { place: '--max-calls', least: 1, most: 10_000 }),
  };
  const longest = { place: '--max-message', least: 1_024, most: 67_108_864 };
  const messageBytes = wholeOf(options.maxMessage, longest);
  const attributes = objectIn(options.attributes, '--attributes');
  const server = await loadServer();
  const staging = stagingOf(server, options, { messageBytes, environment: shell.environment });
  const enforcement = await enforce(server, { agent, attributes, options }, shell);
  const wrapped = server.wrapServer({
    command,
    args,
    environment: shell.environment,
    enforcement,
    prefix: options.prefix,
    server: serverName(options),
    bounds,
    staging,
    messageBytes,
    input: process.stdin,
    output: process.stdout,
    note: (text) => shell.screen.note(`plumb: ${text}\n`),
  });
  const stop = (): void => wrapped.stop();
  for (const signal of SIGNALS) process.on(signal, stop);
  const code = await wrapped.done;
  for (const signal of SIGNALS) process.off(signal, stop);
  process.stdin.destroy();
  if (code !== 0) shell.exit(EXIT.no);
}

function stagingOf(
  server: Server,
  { staging: where, stagingName: name }: Options,
  of: Pick<StagingOptions, 'environment' | 'messageBytes'>,
): ReturnType<Server['stagingCommand']> {
  if (where === undefined) return undefined;
  const found = server.stagingCommand({ name, where, ...of });
  if (found !== undefined) return found;
  const what = 'must be a command, such as `npx some-server /tmp/copy`, a JSON list of its words';
  throw new Stop(`${what}, or an address`, '--staging');
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function serverName({ serverName: named, prefix }: Options): string {
  const name = named ?? prefix.replace(/\.+$/, '');
  if (name === '') return 'server';
  if (/^[A-Za-z0-9._-]{1,64}$/.test(name)) return name;
  throw new Stop('must be 1 to 64 letters, digits, dots, dashes and underscores', '--server-name');
}

async function enforce(
  server: Server,
  {
    agent,
    attributes,
    options,
  }: { readonly agent: string; readonly attributes: JsonObject; readonly options: Options },
  shell: Shell,
): Promise<Parameters<Server['wrapServer']>[0]['enforcement']> {
  const { data: folder, config: configFile, task = null, room = null, session } = options;
  const settings = new Map(folder === undefined ? [] : [['data', folder] as const]);
  const told = { configFile, settings };
  const config = readConfig(server, told, shell);
  await startDaemon(server, { folder: config.data, told, shell });
  const principal = options.principal ?? userInfo().username;
  const point = { agent, name: `mcp:${serverName(options)}` };
  const request =
    session === undefined ? { ...point, principal, task, room, attributes } : { ...point, session };
  const path = server.placesOf(config.data).socket;
  const opened = await server.openSocketEnforcement(path, request);
  if (opened.ok) return opened.value;
  throw new Stop(`no session is opened: ${opened.message} (${opened.code})`, null, EXIT.no);
}

type Bound = { readonly place: string; readonly least: number; readonly most: number };

function secondsOf(text: string, bound: Bound): number {
  return Math.round(numberOf(text, bound) * 1_000);
}

function wholeOf(text: string, bound: Bound): number {
  return Math.round(numberOf(text, bound));
}

function numberOf(text: string, { place, least, most }: Bound): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Stop(`must be a number from ${least} to ${most}, not \`${text}\``, place);
}
