import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import {
  type Connection,
  type Daemon,
  rowsOf,
  shown,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { renderTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

const TARGETS = ['session', 'room', 'tool', 'task'] as const;

type StopOptions = Connection & {
  readonly reason: string;
  readonly fleet?: boolean;
  readonly incident?: string;
  readonly wait?: boolean;
} & { readonly [scope in (typeof TARGETS)[number]]?: string };

/** Adds `plumb halt`, `plumb resume` and `plumb halts`. */
export function addHalt(program: Command, shell: Shell): void {
  const halt = program
    .command('halt')
    .description('stop an agent, a part of what it does, or every agent, at once')
    .option('--incident <kind>', '`optimisation`: goes on under another objective only')
    .option('--wait', 'wait until it is effective, however long that takes');
  withStop(halt).action((id: string | undefined, options: StopOptions) =>
    stop({ id, options }, shell),
  );
  const resume = program.command('resume').description('end a halt; a person does, with a reason');
  withStop(resume).action((id: string | undefined, options: StopOptions) =>
    goOn({ id, options }, shell),
  );
  withConnection(
    program.command('halts').description('show what is halted, and how far each halt is'),
  ).action((connection: Connection) => list(connection, shell));
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
    return follow(daemon, said, options.wait === true);
  });
  if (options.json === true) return shell.screen.json(view);
  shell.screen.print(progressOf(view));
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

function progressOf(view: JsonObject): string {
  const running = listOf(view, 'inFlight').filter(({ end }) => end === 'running');
  const calls = running.length === 0 ? '' : `\n${stillRunning(running)}`;
  if (view['state'] !== 'effective') {
    const names = listOf(view, 'waitingFor').map(({ name }) => shown(name));
    return `not effective yet: waiting for ${names.join(', ')}${calls}${executedIn(view)}`;
  }
  const heard = listOf(view, 'acknowledged').length;
  const ranOut = listOf(view, 'ranOut').length;
  const ms = Math.ceil(Number(view['effectiveMs']));
  const who = `${heard} enforcement points acknowledged it, ${ranOut} leases ran out`;
  return `effective in ${ms} ms: ${who}${calls}${executedIn(view)}`;
}

/** One line for each thing that was ended beside calls. */
function executedIn(view: JsonObject): string {
  return listOf(view, 'executors')
    .map((execution) => `\n  ${executionWords(execution)}`)
    .join('');
}

function executionWords({ agent, executor, holder, state, ms, tries, why }: JsonObject): string {
  const took = typeof ms === 'number' ? ` in ${Math.ceil(ms)} ms` : '';
  const again = Number(tries) > 0 ? `, tried again ${shown(tries)} times` : '';
  const because = typeof why === 'string' ? `: ${why}` : '';
  const what = `${shown(executor)} of ${shown(agent)} (${shown(holder)})`;
  return `${what}: ${shown(state)}${took}${again}${because}`;
}

function stillRunning(running: readonly JsonObject[]): string {
  const lines = running.map(({ agent, tool, decision }) => {
    return `  ${shown(agent)} ${shown(tool)} ${shown(decision)}`;
  });
  return [`forwarded before and not heard of again (${running.length}):`, ...lines].join('\n');
}

function listOf(view: JsonObject, name: string): readonly JsonObject[] {
  return rowsOf({ rows: view[name] ?? [] });
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
