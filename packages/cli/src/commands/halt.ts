import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import {
  type Connection,
  type Daemon,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { executedIn, executionWords, haltLines, listOf, progressOf } from '../halts/halt-lines.ts';
import { watchHalt } from '../halts/watch-halt.ts';
import { renderTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

const TARGETS = ['session', 'room', 'tool', 'task'] as const;

type ShowOptions = Connection & { readonly watch?: boolean };

type StopOptions = Connection & {
  readonly reason: string;
  readonly fleet?: boolean;
  readonly incident?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
} & { readonly [scope in (typeof TARGETS)[number]]?: string };

/** Adds `plumb halt`, `plumb resume` and `plumb halts`. */
export function addHalt(program: Command, shell: Shell): void {
  const halt = program
    .command('halt')
    .description('stop an agent, a part of what it does, or every agent, at once')
    .option('--incident <kind>', '`optimisation`: goes on under another objective only')
    .option('--wait', 'wait until it is effective (no call goes out), however long that takes')
    .option('--watch', 'show each thing it ends until all have; 1 when one could not be');
  withStop(halt).action((id: string | undefined, options: StopOptions) =>
    stop({ id, options }, shell),
  );
  const resume = program.command('resume').description('end a halt; a person does, with a reason');
  withStop(resume).action((id: string | undefined, options: StopOptions) =>
    goOn({ id, options }, shell),
  );
  const halts = program.command('halts').description('show what is halted, and how far it is');
  withConnection(
    halts.command('list', { isDefault: true }).description('show every halt; what is meant alone'),
  ).action((connection: Connection) => list(connection, shell));
  withConnection(halts.command('show').description('show one halt, and what it ends'))
    .argument('<halt>', 'as `plumb halts` shows it')
    .option('--watch', 'show each thing as it goes, until all have ended; 1 when one failed')
    .action((id: string, options: ShowOptions) => show(id, options, shell));
}

function withStop(command: Command): Command {
  return withConnection(command)
    .argument('[agent]', 'its id; left out for `--fleet`, and for a room of every agent')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .option('--session <id>', 'this session alone')
    .option('--room <name>', 'every session of this room')
    .option('--tool <name>', 'this tool alone')
    .option('--task <name>', 'every session with this task')
    .option('--fleet', 'every agent, also those added later');
}

type Asked = { readonly id: string | undefined; readonly options: StopOptions };

/** Where it is asked, what for, and how that is called. */
type Place = { readonly path: string; readonly body: JsonObject; readonly what: string };

function placeOf({ id, options }: Asked): Place {
  const { reason, incident } = options;
  const named = TARGETS.filter((scope) => options[scope] !== undefined);
  const [scope] = named;
  const target = scope === undefined ? undefined : options[scope];
  const rest = { reason, ...(incident === undefined ? {} : { incident }) };
  if (named.length > 1) throw unclear('name one of --session, --room, --tool and --task');
  if (options.fleet === true) {
    if (id !== undefined || scope !== undefined) throw unclear('--fleet is every agent: name none');
    return { path: '', body: { scope: 'fleet', ...rest }, what: 'the fleet' };
  }
  if (id === undefined) {
    if (scope !== 'room' || target === undefined) throw unclear('name an agent, or say --fleet');
    return { path: '', body: { scope, target, ...rest }, what: `room ${target} of every agent` };
  }
  const path = `/agents/${step(id)}`;
  if (scope === undefined || target === undefined) {
    return { path, body: { scope: 'agent', ...rest }, what: id };
  }
  return { path, body: { scope, target, ...rest }, what: `${scope} ${target} of ${id}` };
}

function unclear(message: string): Stop {
  return new Stop(message);
}

const PATIENCE_MS = 5_000;
const HOLD_MS = 30_000;

async function stop({ id, options }: Asked, shell: Shell): Promise<void> {
  const { path, body, what } = placeOf({ id, options });
  const view = await withDaemon({ connection: options, shell }, async (daemon) => {
    const since = performance.now();
    const said = await daemon.post(`/api/v1${path}/halt`, body);
    const latchedMs = Math.ceil(performance.now() - since);
    if (options.json !== true) {
      shell.screen.print(`halted ${what}: latched in ${latchedMs} ms (${shown(said['halt'])})`);
      if (said['warning'] !== null) shell.screen.note(`warning: ${shown(said['warning'])}\n`);
    }
    if (options.watch !== true) return follow(daemon, said, options.wait === true);
    await watchHalt({ daemon, halt: shown(said['halt']), shell, json: options.json === true });
    return null;
  });
  if (view === null) return;
  if (options.json === true) return shell.screen.json(view);
  shell.screen.print(`${progressOf(view)}${executedIn(view)}`);
}

async function follow(daemon: Daemon, said: JsonObject, waits: boolean): Promise<JsonObject> {
  const path = `/api/v1/halts/${shown(said['halt'])}`;
  let view = await daemon.get(`${path}?waitMs=${waits ? HOLD_MS : PATIENCE_MS}`);
  if (!waits) return view;
  while (view['state'] !== 'effective') {
    view = await daemon.get(`${path}?waitMs=${HOLD_MS}`);
  }
  return view;
}

async function goOn({ id, options }: Asked, shell: Shell): Promise<void> {
  const { path, body, what } = placeOf({ id, options });
  const [said, rows] = await withDaemon({ connection: options, shell }, async (daemon) => {
    const resumed = await daemon.post(`/api/v1${path}/resume`, body);
    return [resumed, rowsOf(await daemon.get('/api/v1/halts'))] as const;
  });
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`resumed ${what} (entry ${shown(said['index'])})`);
  for (const line of stillHalted(rows, id)) shell.screen.print(line);
}

/** What else stops the agent, or stops anything where every agent was meant. */
function stillHalted(rows: readonly JsonObject[], id: string | undefined): readonly string[] {
  return rows
    .filter(({ resumedAt, agent }) => resumedAt === null && (agent === null || !id || agent === id))
    .map(({ scope, target, agent, halt }) => {
      const part = target === '' ? shown(scope) : `${shown(scope)} ${shown(target)}`;
      const whose = agent === null ? 'every agent' : shown(agent);
      return `still halted: ${part} of ${whose} (${shown(halt)})`;
    });
}

async function show(id: string, options: ShowOptions, shell: Shell): Promise<void> {
  const isJson = options.json === true;
  const view = await withDaemon({ connection: options, shell }, async (daemon) => {
    if (options.watch !== true) return daemon.get(`/api/v1/halts/${step(id)}`);
    await watchHalt({ daemon, halt: id, shell, json: isJson });
    return null;
  });
  if (view === null) return;
  if (isJson) return shell.screen.json(view);
  const { halt, agent, scope, target, by, reason, resumedAt } = view;
  const part = target === '' ? shown(scope) : `${shown(scope)} ${shown(target)}`;
  const whose = agent === null ? 'every agent' : shown(agent);
  const over = resumedAt === null ? '' : `, resumed ${shownTime(resumedAt)}`;
  shell.screen.print(`${shown(halt)}: ${part} of ${whose}, by ${shown(by)}${over}`);
  shell.screen.print(`because: ${shown(reason)}`);
  for (const { text } of haltLines(view)) shell.screen.print(`  ${text}`);
  shell.screen.print(progressOf(view));
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/halts'));
  if (connection.json === true) return shell.screen.json(said);
  const rows = rowsOf(said);
  if (rows.length === 0) return shell.screen.print('nothing is halted, and nothing was');
  const heads = ['halt', 'agent', 'scope', 'target', 'state', 'in force', 'by', 'reason'];
  shell.screen.print(
    renderTable(
      heads.map((head) => ({ head })),
      rows.map((row) => {
        const { halt, agent, scope, target, state, resumedAt, by, reason } = row;
        const isOver = resumedAt !== null;
        const cells = [halt, agent ?? 'every agent', scope, target, state].map(shown);
        return [...cells, isOver ? 'no' : 'yes', shown(by), shown(reason)];
      }),
    ),
  );
  for (const row of rows) {
    for (const execution of listOf(row, 'executors')) {
      shell.screen.print(`${shown(row['halt'])}: ${executionWords(execution)}`);
    }
  }
}
