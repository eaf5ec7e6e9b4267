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
import { momentOf } from '../evidence/moment.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Where = { readonly agent?: string; readonly everyAgent?: boolean };
type AddOptions = Connection &
  Where & { readonly field?: string; readonly until?: string; readonly reason: string };
type Subject = { readonly entity: string; readonly id: string };

/** Adds `plumb lock`: what people decided, and no agent may undo. */
export function addLock(program: Command, shell: Shell): void {
  const lock = program.command('lock').description('keep what people decided from agents');
  named(lock.command('add').description('lock an entity, or one field of it'))
    .option('--until <time>', 'until when, ISO 8601 (default: until it is removed)')
    .requiredOption('--reason <text>', 'what a person decided; stands open in the ledger')
    .action((entity: string, id: string, options: AddOptions) =>
      add({ entity, id }, options, shell),
    );
  withConnection(lock.command('list').description('show the locks in force'))
    .argument('[agent]', 'an agent; without one, the locks that stand on every agent')
    .action((agent: string | undefined, options: Connection) => list(agent, options, shell));
  named(lock.command('remove').description('take a lock away'))
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((entity: string, id: string, options: AddOptions) =>
      remove({ entity, id }, options, shell),
    );
}

function named(command: Command): Command {
  return withConnection(command)
    .argument('<entity>', 'what kind of thing, as the pact calls it: `ticket`')
    .argument('<id>', 'which one')
    .option('--agent <agent>', 'for this agent')
    .option('--every-agent', 'for every agent, those added later included')
    .option('--field <name>', 'this field alone');
}

function pathOf({ agent, everyAgent }: Where): string {
  if ((agent === undefined) === (everyAgent !== true)) {
    throw new Stop('say for whom: either `--agent <agent>` or `--every-agent`');
  }
  return agent === undefined ? '/api/v1/locks' : `/api/v1/agents/${step(agent)}/locks`;
}

async function add(of: Subject, options: AddOptions, shell: Shell): Promise<void> {
  const { field, until, reason } = options;
  const path = pathOf(options);
  const ends = until === undefined ? {} : { untilMs: momentOf(until, '--until') };
  const body = { ...of, ...(field === undefined ? {} : { field }), ...ends, reason };
  const said = await withDaemon({ connection: options, shell }, ({ post }) => post(path, body));
  if (options.json === true) return shell.screen.json(said);
  const stops = Array.isArray(said['stops']) ? said['stops'] : [];
  shell.screen.print(
    `locked ${of.entity} ${of.id} (entry ${shown(said['index'])}). ` +
      (stops.length === 0
        ? `No tool of an armed pact that changes something has the entity \`${of.entity}\`: ` +
          'nothing is stopped by it'
        : `Stopped on it: ${shown(stops)}`),
  );
}

async function list(agent: string | undefined, options: Connection, shell: Shell): Promise<void> {
  const path = agent === undefined ? '/api/v1/locks' : `/api/v1/agents/${step(agent)}/locks`;
  const said = await withDaemon({ connection: options, shell }, ({ get }) => get(path));
  if (options.json === true) return shell.screen.json(said);
  const heads = ['entity', 'id', 'field', 'until', 'by', 'every agent', 'reason'];
  shell.screen.print(renderRows(heads, rowsOf(said).map(cellsOf), 'no locks'));
}

function cellsOf(row: JsonObject): readonly string[] {
  const { entity, id, field, untilMs, by, isOnEveryAgent, reason } = row;
  const ends = untilMs === null ? 'a person removes it' : shownTime(untilMs);
  const cells = [entity, id, field].map(shown);
  return [...cells, ends, shown(by), isOnEveryAgent === true ? 'yes' : 'no', shown(reason)];
}

async function remove(of: Subject, options: AddOptions, shell: Shell): Promise<void> {
  const { field, reason } = options;
  const path = pathOf(options);
  const body = { ...of, ...(field === undefined ? {} : { field }), reason };
  const said = await withDaemon({ connection: options, shell }, (daemon) =>
    daemon.remove(path, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`unlocked ${of.entity} ${of.id} (entry ${shown(said['index'])})`);
}
