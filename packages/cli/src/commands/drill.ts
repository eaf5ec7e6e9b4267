import type { Command } from 'commander';
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

/** Adds `plumb drill` and what is below it. */
export function addDrill(program: Command, shell: Shell): void {
  const drill = program.command('drill').description('practise halts, and see when they were');
  withConnection(
    drill
      .command('run')
      .description("practise an agent's halt beside its real sessions; 1 when it does not pass"),
  )
    .argument('<agent>', 'its id')
    .action((agent: string, connection: Connection) => runOne(agent, connection, shell));
  withConnection(
    drill
      .command('list')
      .description(
        'show how drills stand, or the last ones of an agent; 1 when people have to act',
      ),
  )
    .argument('[agent]', 'its id; left out for every agent')
    .action((agent: string | undefined, connection: Connection) =>
      agent === undefined ? standings(connection, shell) : last(agent, connection, shell),
    );
  withConnection(
    drill.command('show').description('show one drill: what was measured and what was practised'),
  )
    .argument('<drill>', 'as `list` shows it')
    .action((id: string, connection: Connection) => show(id, connection, shell));
}

async function runOne(agent: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/drills`),
  );
  if (said['state'] !== 'passed') shell.exit(EXIT.no);
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(render(said));
}

async function show(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) =>
    get(`/api/v1/drills/${step(id)}`),
  );
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(render(said));
}

function render(drill: JsonObject): string {
  const { id, agent, why, cause, by, startedAt, forwarded, refused, boundMs, holders } = drill;
  const { needed, session, halt } = drill;
  const reason = why === null ? '' : `: ${shown(why)}`;
  return [
    `drill ${shown(id)} of ${shown(agent)} ${stateOf(drill)}${reason}`,
    `  ${shown(cause)} by ${shown(by)}, begun ${shownTime(startedAt)}`,
    `  ${timesOf(drill)} (bound ${shown(boundMs)} ms)`,
    `  ${shown(forwarded)} actions forwarded to nowhere, ${shown(refused)} refused after the halt`,
    `  ${shown(holders)} people may halt it, ${shown(needed)} have to`,
    `  session ${shown(session)}, halt ${shown(halt)}`,
    ...practisedIn(drill).map((line) => `  ${line}`),
  ].join('\n');
}

function timesOf({ times = null }: JsonObject): string {
  if (!isJsonObject(times)) return 'nothing was measured';
  const { latchedMs, effectiveMs, lastForwardMs } = times;
  const after = `latched after ${shown(latchedMs)} ms, effective after ${shown(effectiveMs)} ms`;
  return `${after}, last forwarded after ${shown(lastForwardMs)} ms`;
}

function practisedIn({ practised = [] }: JsonObject): readonly string[] {
  return rowsOf({ rows: practised }).map(({ what, state, ms, why }) => {
    const took = typeof ms === 'number' ? ` in ${ms} ms` : '';
    return `${shown(what)}: ${shown(state)}${took}${why === null ? '' : `: ${shown(why)}`}`;
  });
}

async function last(agent: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/drills`),
  );
  if (connection.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((drill) => {
    const { id, startedAt, cause, why } = drill;
    return [
      shown(id),
      shownTime(startedAt),
      shown(cause),
      stateOf(drill),
      brief(drill),
      shown(why),
    ];
  });
  const heads = ['drill', 'begun', 'cause', 'state', 'latched / effective / last', 'why'];
  const none = `no drill of ${agent} yet: \`${shell.program} drill run ${agent}\` runs one`;
  shell.screen.print(renderRows(heads, rows, none));
}

async function standings(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/drills'));
  const rows = rowsOf(said);
  if (rows.some(needsPeople)) shell.exit(EXIT.no);
  if (connection.json === true) return shell.screen.json(said);
  const heads = ['agent', 'every', 'last', 'latched / effective / last', 'next due', 'holders', ''];
  const none = `no agents: \`${shell.program} agent add\` adds one`;
  shell.screen.print(renderRows(heads, rows.map(standingCells), none));
}

/** Who asked for no drills is told of nothing. */
function needsPeople({ rule, isOverdue, missing, last: drill = null }: JsonObject): boolean {
  const hasFailed = isJsonObject(drill) && drill['state'] === 'failed';
  return rule !== null && (isOverdue === true || missing !== 0 || hasFailed);
}

function standingCells(row: JsonObject): readonly string[] {
  const { agent, rule = null, last: drill = null, dueAt, isOverdue, isRunning } = row;
  const { holders, needed, missing } = row;
  const ended = isJsonObject(drill) ? drill : null;
  const notes = [
    ...(isOverdue === true ? ['OVERDUE'] : []),
    ...(rule !== null && missing !== 0 ? [`${shown(missing)} people missing`] : []),
    ...(isRunning === true ? ['runs now'] : []),
  ];
  return [
    shown(agent),
    isJsonObject(rule) ? spanOf(rule['everyMs']) : 'no schedule',
    ended === null ? 'never' : `${shownTime(ended['endedAt'])} ${stateOf(ended)}`,
    ended === null ? '–' : brief(ended),
    shownTime(dueAt),
    `${shown(holders)} of ${shown(needed)}`,
    notes.join(', '),
  ];
}

function brief({ times = null }: JsonObject): string {
  if (!isJsonObject(times)) return '–';
  const { latchedMs, effectiveMs, lastForwardMs } = times;
  return [latchedMs, effectiveMs, lastForwardMs].map(shown).join(' / ') + ' ms';
}

function stateOf({ state }: JsonObject): string {
  return state === 'failed' || state === 'interrupted' ? shown(state).toUpperCase() : shown(state);
}

const SPANS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const;

function spanOf(ms: JsonObject[string] | undefined): string {
  const span = SPANS.find(([length]) => typeof ms === 'number' && ms % length === 0);
  return span === undefined ? `${shown(ms)} ms` : `${Number(ms) / span[0]}${span[1]}`;
}
