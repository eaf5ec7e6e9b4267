import { type Command, Option } from 'commander';
import { isJsonObject, type JsonObject } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
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

type ListOptions = Connection & { readonly channel?: string; readonly limit: string };
type RetryOptions = Connection & { readonly all?: boolean };
type WordOptions = Connection & { readonly text: string; readonly next?: string };

const LIMIT = new Option('-n, --limit <count>', 'how many at most, up to 1000').default('100');

/** Adds `plumb notify` and what is below it. */
export function addNotify(program: Command, shell: Shell): void {
  const notify = program
    .command('notify')
    .description('see how people are told, and tell them more');
  withConnection(
    notify.command('list').description('show the channels; 1 when one does not work'),
  ).action((connection: Connection) => list(connection, shell));
  withConnection(notify.command('test').description('send one message to a channel'))
    .argument('<channel>', 'its name')
    .action((channel: string, connection: Connection) => test(channel, connection, shell));
  withConnection(notify.command('outbox').description('show what waits, in the order it goes'))
    .option('--channel <name>', 'of this channel alone')
    .addOption(LIMIT)
    .action((options: ListOptions) => messages('waiting', options, shell));
  withConnection(notify.command('dead').description('show what could not be delivered'))
    .option('--channel <name>', 'of this channel alone')
    .addOption(LIMIT)
    .action((options: ListOptions) => messages('dead', options, shell));
  withConnection(notify.command('retry').description('try what could not be delivered again'))
    .argument('[key]', 'as `dead` shows it')
    .option('--all', 'all of them, up to 1000')
    .action((key: string | undefined, options: RetryOptions) => retry(key, options, shell));
  withConnection(
    notify.command('incidents').description('show incidents that wait for a word'),
  ).action((connection: Connection) => incidents(connection, shell));
  withConnection(notify.command('word').description('tell the next word on an incident'))
    .argument('<incident>', 'as `incidents` shows it')
    .requiredOption('--text <text>', 'what is told; stands open in the ledger')
    .option('--next <minutes>', 'promises the next word within so many minutes')
    .action((incident: string, options: WordOptions) => word(incident, options, shell));
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/notify/channels'));
  const rows = rowsOf(said);
  const isBroken = rows.some(({ failures, problem }) => failures !== 0 || problem !== null);
  if (isBroken) shell.exit(EXIT.no);
  if (connection.json === true) return shell.screen.json(said);
  const heads = ['channel', 'kind', 'waiting', 'dead', 'delivered', 'state'];
  const none = 'no channels: docs/notifications.md says how people are told';
  shell.screen.print(renderRows(heads, rows.map(channelCells), none));
}

function channelCells(row: JsonObject): readonly string[] {
  const { name, kind, waiting, dead, delivered, failures, dueAt, problem } = row;
  const next = dueAt === null ? 'now' : shownTime(dueAt);
  const failing = failures === 0 ? 'works' : `failed ${shown(failures)} times, next try ${next}`;
  const state = problem === null ? failing : shown(problem);
  return [shown(name), shown(kind), shown(waiting), shown(dead), shown(delivered), state];
}

async function test(channel: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ post }) =>
    post(`/api/v1/notify/channels/${step(channel)}/test`),
  );
  if (said['state'] !== 'delivered') shell.exit(EXIT.no);
  if (connection.json === true) return shell.screen.json(said);
  const { state, fault } = said;
  shell.screen.print(
    state === 'delivered'
      ? `delivered to ${channel}`
      : `not delivered to ${channel} (${shown(fault)}); \`plumb notify list\` says more`,
  );
}

async function messages(
  state: 'waiting' | 'dead',
  options: ListOptions,
  shell: Shell,
): Promise<void> {
  const { channel, limit } = options;
  if (!/^[1-9][0-9]{0,3}$/.test(limit)) throw new Stop(`not a count: \`${limit}\``, '--limit');
  const query = new URLSearchParams({
    state,
    limit,
    ...(channel === undefined ? {} : { channel }),
  });
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/notify/messages?${query.toString()}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const heads = ['severity', 'event', 'happened', 'tries', 'last fault', 'key', 'message'];
  const none = state === 'dead' ? 'no dead letters' : 'nothing waits';
  shell.screen.print(renderRows(heads, rowsOf(said).map(messageCells), none));
}

function messageCells(row: JsonObject): readonly string[] {
  const { severity, event, at, attempts, fault, key, title } = row;
  const why = fault === null ? '' : shown(fault);
  return [
    shown(severity),
    shown(event),
    shownTime(at),
    shown(attempts),
    why,
    shown(key),
    shown(title),
  ];
}

async function retry(key: string | undefined, options: RetryOptions, shell: Shell): Promise<void> {
  if ((key === undefined) === (options.all !== true)) {
    throw new Stop('name one dead letter, or say `--all`; `plumb notify dead` lists them', 'retry');
  }
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/notify/retry', { key: key ?? null }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${shown(said['retried'])} tried again`);
}

async function incidents(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) =>
    get('/api/v1/notify/incidents'),
  );
  if (connection.json === true) return shell.screen.json(said);
  const heads = ['incident', 'began', 'first notice', 'next word', 'what'];
  shell.screen.print(renderRows(heads, rowsOf(said).map(incidentCells), 'no incidents'));
}

function incidentCells(row: JsonObject): readonly string[] {
  const { id, at, dueAt, keptAt, isLate, title } = row;
  const next =
    keptAt === null ? `by ${shownTime(dueAt)}${isLate === true ? ', LATE' : ''}` : 'none';
  return [shown(id), shownTime(at), firstNotice(row), next, shown(title)];
}

/** How long after it began each channel took the first notice. */
function firstNotice({ at, first, isFirstLate }: JsonObject): string {
  const said = rowsOf({ rows: first ?? [] }).map(({ channel, at: told }) => {
    if (typeof told !== 'number') return `${shown(channel)} not yet`;
    return `${shown(channel)} after ${((told - Number(at)) / 1_000).toFixed(1)} s`;
  });
  return `${said.length === 0 ? 'nobody' : said.join(', ')}${isFirstLate === true ? ', LATE' : ''}`;
}

async function word(incident: string, options: WordOptions, shell: Shell): Promise<void> {
  const { text, next } = options;
  if (next !== undefined && !/^[1-9][0-9]{0,4}$/.test(next)) {
    throw new Stop(`not minutes: \`${next}\``, '--next');
  }
  const body = { text, nextMinutes: next === undefined ? null : Number(next) };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/notify/incidents/${step(incident)}/words`, body),
  );
  if (!isJsonObject(said) || options.json === true) return shell.screen.json(said);
  shell.screen.print(`told (entry ${shown(said['index'])})`);
}
