import { renderRows } from '../output/table.ts';
import { withDaemon } from '../daemon/connection.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { confirm } from './confirm.ts';
import { findTools, type KnownTool, type NotAsked, ownTools, type Tools } from './known-tools.ts';
import { type Looked, lookHere, type MachineOptions } from './machine-options.ts';

export type ToolsOptions = MachineOptions & {
  readonly ask?: boolean;
  readonly yes?: boolean;
  readonly client?: string;
  readonly timeout: string;
};

type Server = Looked['machine']['servers'][number];

/** Lists every tool that agents on this machine can reach. */
export async function listTools(options: ToolsOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell);
  const { tools, notAsked } = await knownTools(looked, options, shell);
  if (options.json === true) {
    return shell.screen.json({
      tools: tools.map(rowOf),
      notAsked,
      troubles: looked.machine.troubles,
    });
  }
  const rows = tools.map(({ client, server, tool, judgement, governed, signs }) => [
    client,
    server ?? 'built in',
    tool,
    effectText(judgement),
    judgement.reversible,
    judgement.worst,
    governed ?? 'no',
    judgement.isSure ? '' : 'a guess',
    signs.length === 0 ? '' : `hidden instructions: ${signs.join(', ')}`,
  ]);
  const heads = ['client', 'server', 'tool', 'effect', 'undone', 'at worst it', 'governed', '', ''];
  const none = 'no tool is known: no client with tools of its own, and no server was asked';
  shell.screen.print(renderRows(heads, rows, none));
  if (notAsked.length > 0) shell.screen.print(`\n${notAskedLines(notAsked)}`);
}

/** Returns what is known of every tool, of one client where one is named. */
export async function knownTools(
  looked: Looked,
  options: ToolsOptions,
  shell: Shell,
): Promise<Tools> {
  const isMeant = ({ client }: { readonly client: string }): boolean =>
    options.client === undefined || options.client === client;
  const servers = looked.machine.servers.filter(isMeant);
  const own = ownTools(looked).filter(isMeant);
  if (options.client !== undefined && servers.length + own.length === 0) {
    const known = looked.machine.clients.map(({ id }) => id).join(', ');
    throw new Stop(`\`${options.client}\` was not found, only: ${known || 'none'}`, '--client');
  }
  if (options.ask === true) {
    await askFirst(servers, options);
    const found = await findTools(
      { looked, ask: asker(looked, options, shell), daemon: null },
      servers,
    );
    return { ...found, tools: [...own, ...found.tools] };
  }
  const path = looked.server.placesOf(looked.config.data).socket;
  const isRunning = await looked.server.isAnswering(path);
  if (!isRunning) {
    const found = await findTools({ looked, ask: null, daemon: null }, servers);
    return { ...found, tools: [...own, ...found.tools] };
  }
  const connection = {
    ...(options.data !== undefined && { data: options.data }),
    ...(options.config !== undefined && { config: options.config }),
  };
  const found = await withDaemon({ connection, shell, wanted: { start: false } }, (daemon) =>
    findTools({ looked, ask: null, daemon }, servers),
  );
  return { ...found, tools: [...own, ...found.tools] };
}

async function askFirst(servers: readonly Server[], { yes }: ToolsOptions): Promise<void> {
  const started = servers.filter(({ reach, isEnabled }) => isEnabled && reach.kind === 'stdio');
  const reached = servers.filter(({ reach, isEnabled }) => isEnabled && reach.kind === 'http');
  if (yes === true || started.length + reached.length === 0) return;
  const what = `starts ${started.length} servers and reaches ${reached.length}`;
  if (await confirm(`this ${what}, with the environment and keys of their configuration. go on?`)) {
    return;
  }
  throw new Stop('nothing was asked');
}

/** Two clients that configure the same server get one answer. */
function asker(
  { server }: Looked,
  { timeout }: ToolsOptions,
  shell: Shell,
): (of: Server) => ReturnType<Looked['server']['askTools']> {
  const timeoutMs = Math.round(Number(timeout) * 1_000);
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw new Stop(`must be a number of seconds, not \`${timeout}\``, '--timeout');
  }
  const answers = new Map<string, ReturnType<Looked['server']['askTools']>>();
  return (of) => {
    const words =
      of.reach.kind === 'stdio' ? (of.reach.wrapped?.inner ?? of.reach.words) : of.reach;
    const key = JSON.stringify([words, of.environment, of.project]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = server.askTools(of, { timeoutMs, environment: shell.environment });
    answers.set(key, answer);
    return answer;
  };
}

function rowOf(known: KnownTool): object {
  const { client, server, tool, agent, governed, judgement, signs } = known;
  return { client, server, tool, agent, governed, ...judgement, signs };
}

function effectText({ effect, effectFrom, money, isOpenWorld }: KnownTool['judgement']): string {
  const base = effectFrom === null ? effect : `as \`${effectFrom}\` says`;
  return [base, ...(money === null ? [] : ['money']), ...(isOpenWorld ? ['open world'] : [])].join(
    ', ',
  );
}

/** Returns the servers whose tools are not known, a line each. */
export function notAskedLines(notAsked: readonly NotAsked[]): string {
  const lines = notAsked.map(({ client, server, why }) => `  ${client}: \`${server}\` ${why}`);
  return ['tools not known:', ...lines].join('\n');
}
