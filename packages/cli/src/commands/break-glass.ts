import { type Command, Option } from 'commander';
import { isJsonObject, type JsonObject } from '@plumbline/core';

import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { postProved, type ProofOptions, withProof } from '../daemon/proof.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type StartOptions = ProofOptions & {
  readonly role: readonly string[];
  readonly minutes: string;
  readonly reason: string;
};
type ReviewOptions = Connection & { readonly finding: string; readonly reason: string };

/** Adds `plumb break-glass` and what is below it. */
export function addBreakGlass(program: Command, shell: Shell): void {
  const glass = program
    .command('break-glass')
    .description('take roles in an emergency, recorded and reviewed');
  withProof(withConnection(glass.command('start').description('take roles for a time')))
    .addOption(
      new Option('--role <role...>', 'what you need')
        .choices(['operator', 'approver', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--minutes <minutes>', 'for how long', '30')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((options: StartOptions) => start(options, shell));
  withConnection(
    glass.command('list').description('show every one, and reviews that are owed'),
  ).action((connection: Connection) => list(connection, shell));
  withConnection(glass.command('end').description('give the roles back before their time'))
    .argument('<id>', 'as `start` printed it')
    .action((id: string, connection: Connection) => end(id, connection, shell));
  withConnection(glass.command('review').description("say what you found of another person's"))
    .argument('<id>', 'as `list` shows it')
    .addOption(
      new Option('--finding <finding>', 'what you found')
        .choices(['justified', 'not-justified'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((id: string, options: ReviewOptions) => review(id, options, shell));
}

async function start(options: StartOptions, shell: Shell): Promise<void> {
  const { role, minutes, reason } = options;
  if (!/^[0-9]{1,4}$/.test(minutes)) throw new Stop(`not minutes: \`${minutes}\``, '--minutes');
  const body = { reason, roles: [...role], minutes: Number(minutes) };
  const said = await postProved({ path: '/api/v1/break-glass', body }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  const until = shownTime(said['untilMs']);
  shell.screen.print(`${shown(said['id'])}: ${shown(said['roles'])} until ${until}`);
  shell.screen.note('every call is recorded under it, and another person reviews it\n');
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/break-glass'));
  if (connection.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    ...['id', 'what', 'roles', 'by'].map((name) => shown(row[name])),
    ...['at', 'endedAt'].map((name) => shownTime(row[name])),
    reviewOf(row, shell.wallMs()),
    shown(row['reason']),
  ]);
  const heads = ['id', 'what', 'roles', 'by', 'began', 'ended', 'review', 'reason'];
  shell.screen.print(renderRows(heads, rows, 'nobody broke the glass yet'));
}

function reviewOf({ review: found = null, reviewByMs }: JsonObject, now: number): string {
  if (isJsonObject(found)) return shown(found['finding']);
  const isLate = typeof reviewByMs === 'number' && reviewByMs < now;
  return isLate ? `OVERDUE since ${shownTime(reviewByMs)}` : `owed by ${shownTime(reviewByMs)}`;
}

async function end(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ remove }) =>
    remove(`/api/v1/break-glass/${step(id)}`),
  );
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(`ended ${id} (entry ${shown(said['index'])})`);
}

async function review(id: string, options: ReviewOptions, shell: Shell): Promise<void> {
  const { finding, reason } = options;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/break-glass/${step(id)}/review`, { finding, reason }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`reviewed ${id}: ${finding} (entry ${shown(said['index'])})`);
}
