import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import {
  type Connection,
  rowsOf,
  shown,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { renderTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

/** Adds `plumb agent` and what is below it. */
export function addAgent(program: Command, shell: Shell): void {
  const agent = program.command('agent').description('add and show agents');
  withConnection(agent.command('add').description('add an agent, without a pact'))
    .argument('<agent>', 'its id: a letter, then letters, digits and dashes')
    .action((id: string, connection: Connection) => add(id, connection, shell));
  withConnection(agent.command('list').description('show every agent')).action(
    (connection: Connection) => list(connection, shell),
  );
  withConnection(agent.command('show').description('show one agent'))
    .argument('<agent>', 'its id')
    .action((id: string, connection: Connection) => show(id, connection, shell));
}

async function add(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ post }) =>
    post('/api/v1/agents', { agent: id }),
  );
  if (connection.json === true) return shell.screen.json({ agent: id, ...said });
  shell.screen.print(
    `added ${id} (entry ${shown(said['index'])}). It is refused everything until it has a pact: ` +
      `\`${shell.program} pact publish <file>\``,
  );
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/agents'));
  if (connection.json === true) return shell.screen.json(said);
  const rows = rowsOf(said);
  if (rows.length === 0) return shell.screen.print('no agents yet');
  const heads = ['agent', 'pact', 'shadow', 'sessions', 'in flight', 'halted'];
  shell.screen.print(
    renderTable(
      heads.map((head) => ({ head })),
      rows.map(cellsOf),
    ),
  );
}

function cellsOf(row: JsonObject): readonly string[] {
  const { agent, pact, shadow, openSessions, inFlight } = row;
  const halts = Array.isArray(row['halts']) ? row['halts'].length : 0;
  const cells = [agent, short(pact), short(shadow), openSessions, inFlight].map(shown);
  return [...cells, halts === 0 ? 'no' : 'yes'];
}

function short(digest: JsonObject[string] | undefined): string {
  return typeof digest === 'string' ? digest.slice(0, 19) : '–';
}

async function show(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(id)}`),
  );
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(
    Object.entries(said)
      .map(([name, value]) => `${name}: ${shown(value)}`)
      .join('\n'),
  );
}
