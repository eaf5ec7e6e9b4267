import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

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

type Options = Connection & { readonly session?: string; readonly reason: string };
type Of = { readonly agent: string; readonly category: string };

const SAYS = {
  open: 'move the boundary: what was refused may be asked again',
  keep: 'enforce the boundary: the category stays refused',
} as const;

/** Adds `plumb gate`: categories that violations paused, and what a person decides of them. */
export function addGate(program: Command, shell: Shell): void {
  const gate = program.command('gate').description('decide what violations paused');
  withConnection(gate.command('list').description('show the gates that are shut, and why'))
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => list(agent, options, shell));
  for (const verb of ['open', 'keep'] as const) {
    withConnection(gate.command(verb).description(SAYS[verb]))
      .argument('<agent>', 'the agent')
      .argument('<category>', 'the category that is paused')
      .option('--session <id>', 'of this session alone')
      .requiredOption('--reason <text>', 'why; stands open in the ledger')
      .action((agent: string, category: string, options: Options) =>
        decide(verb, { of: { agent, category }, options }, shell),
      );
  }
}

async function list(agent: string, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/gates`),
  );
  if (options.json === true) return shell.screen.json(said);
  const heads = ['category', 'of', 'state', 'since', 'violations', 'principals', 'approvers'];
  shell.screen.print(renderRows(heads, rowsOf(said).map(cellsOf), 'every gate is open'));
}

function cellsOf(row: JsonObject): readonly string[] {
  const { category, session, state, since, violations, principals, approvers } = row;
  const whose = session === null ? 'the agent' : shown(session);
  const counts = [violations, principals, approvers].map(shown);
  return [shown(category), whose, shown(state), shownTime(since), ...counts];
}

async function decide(
  verb: 'open' | 'keep',
  { of, options }: { readonly of: Of; readonly options: Options },
  shell: Shell,
): Promise<void> {
  const { session, reason } = options;
  const outcome = verb === 'open' ? 'opened' : 'kept';
  const body = { ...(session === undefined ? {} : { session }), outcome, reason };
  const path = `/api/v1/agents/${step(of.agent)}/gates/${step(of.category)}`;
  const said = await withDaemon({ connection: options, shell }, ({ post }) => post(path, body));
  if (options.json === true) return shell.screen.json(said);
  const changed = Array.isArray(said['changed']) ? said['changed'].length : 0;
  shell.screen.print(
    `${outcome} ${of.category} of ${session ?? of.agent} (entry ${shown(said['index'])}), ` +
      `${changed} ${changed === 1 ? 'gate' : 'gates'} changed.\n` +
      `next: ${shown(said['next'])}; \`${shell.program} cases ${of.agent}\` prints them`,
  );
}
