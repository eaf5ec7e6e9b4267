import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type OpenOptions = Connection & {
  readonly principal: string;
  readonly task?: string;
  readonly room?: string;
  readonly attributes?: string;
  readonly name?: string;
  readonly subject?: string;
};

/** Adds `plumb session` and what is below it. */
export function addSession(program: Command, shell: Shell): void {
  const session = program.command('session').description('open, list and close sessions');
  withConnection(session.command('open').description('attest who asks an agent, and for what'))
    .argument('<agent>', 'the agent')
    .requiredOption('--principal <name>', 'who asks')
    .option('--task <task>', 'what for: a task of the pact')
    .option('--room <room>', 'where')
    .option('--attributes <json>', 'what else is attested, a JSON object')
    .option('--name <name>', 'what you call the session; opening it twice returns the first')
    .option('--subject <name>', "whose data it holds (default: the principal's)")
    .action((agent: string, options: OpenOptions) => open(agent, options, shell));
  withConnection(session.command('list').description("show an agent's last sessions"))
    .argument('<agent>', 'the agent')
    .option('--limit <count>', 'how many', '100')
    .action((agent: string, options: Connection & { readonly limit: string }) =>
      list(agent, options, shell),
    );
  withConnection(session.command('close').description('close a session; its permits are void'))
    .argument('<agent>', 'the agent')
    .argument('<session>', 'the session')
    .action((agent: string, id: string, options: Connection) =>
      close({ agent, id }, options, shell),
    );
}

async function open(agent: string, options: OpenOptions, shell: Shell): Promise<void> {
  const { principal, task, room, name, subject } = options;
  const given = Object.entries({ task, room, name, subject }).flatMap(
    ([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]]),
  );
  const attributes = attributesOf(options.attributes);
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions`, {
      principal,
      ...Object.fromEntries(given),
      attributes,
    }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(shown(said['session']));
}

function attributesOf(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  try {
    // What JSON.parse returns is JSON.
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new Stop(`not JSON (${cause instanceof Error ? cause.message : ''})`, '--attributes');
  }
  throw new Stop('must be one JSON object', '--attributes');
}

async function list(
  agent: string,
  options: Connection & { readonly limit: string },
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/sessions?limit=${step(options.limit)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    shown(row['session']),
    shownTime(row['openedAt']),
    shownTime(row['closedAt']),
    shown(row['task']),
    shown(row['decisions']),
    shown(row['refusals']),
  ]);
  const heads = ['session', 'opened', 'closed', 'task', 'decisions', 'refusals'];
  shell.screen.print(renderRows(heads, rows, 'no sessions yet'));
}

async function close(
  { agent, id }: { readonly agent: string; readonly id: string },
  options: Connection,
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions/${step(id)}/close`),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`closed ${id} (entry ${shown(said['index'])})`);
}
