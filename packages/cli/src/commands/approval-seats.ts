import type { Command } from 'commander';

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

type DelegateOptions = Connection & { readonly until?: string; readonly end?: string };

/** Adds `plumb approval delegate` and `delegations`: seats that are somebody else's for a while. */
export function addApprovalSeats(approval: Command, shell: Shell): void {
  withConnection(approval.command('delegate').description('give your seat to another for a while'))
    .argument('[person]', 'who votes in your place')
    .option('--until <time>', 'until when, ISO 8601')
    .option('--end <seat>', 'give a seat back instead, by its id')
    .action((person: string | undefined, options: DelegateOptions) =>
      delegate(person, options, shell),
    );
  withConnection(approval.command('delegations').description('whose seat is whose now')).action(
    (options: Connection) => list(options, shell),
  );
}

async function delegate(
  person: string | undefined,
  options: DelegateOptions,
  shell: Shell,
): Promise<void> {
  const { end, until } = options;
  if (end !== undefined) {
    const ended = await withDaemon({ connection: options, shell }, ({ remove }) =>
      remove(`/api/v1/approval-delegations/${step(end)}`),
    );
    if (options.json === true) return shell.screen.json(ended);
    return shell.screen.print(`${end} is given back (entry ${shown(ended['index'])})`);
  }
  if (person === undefined || until === undefined) {
    throw new Stop('name a person and --until, or a seat with --end');
  }
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) throw new Stop(`not a time: \`${until}\``, '--until');
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/approval-delegations', { to: person, untilMs }),
  );
  if (options.json === true) return shell.screen.json(said);
  const how = `give it back with \`${shell.program} approval delegate --end ${shown(said['id'])}\``;
  shell.screen.print(`${person} votes in your place until ${shownTime(untilMs)}\n${how}`);
}

async function list(options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get('/api/v1/approval-delegations'),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    ...['id', 'from', 'to'].map((name) => shown(row[name])),
    shownTime(row['untilMs']),
  ]);
  shell.screen.print(renderRows(['id', 'from', 'to', 'until'], rows, 'everybody has their own'));
}
