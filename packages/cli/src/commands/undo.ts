import type { Command } from 'commander';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseDuration,
  parsedJson,
} from '@plumbline/core';

import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { keyNames } from '../daemon/key-names.ts';
import { renderRows } from '../output/table.ts';
import { nextOf, renderPlan, renderUndo } from '../report/undo-set.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { addUndoDoing } from './undo-doing.ts';

type Selecting = Connection & {
  readonly entries?: readonly string[];
  readonly session?: string;
  readonly since?: string;
  readonly leave?: readonly string[];
  readonly fill?: readonly string[];
};

type Asking = Selecting & { readonly reason: string; readonly goOn?: boolean };

const HELP = `
What a pact's tools declare as undo takes back what an agent did, the last first:
  plumb undo plan support --session ses_0199aa…          nothing is done
  plumb undo ask support --session ses_0199aa… --reason "booked for the wrong person"
  plumb undo show und_5f0c…                              what exactly, and its digest
  plumb undo approve und_5f0c… --digest sha256:9b1e… --reason "all of it"   another person
  plumb undo run und_5f0c…                               and again, to go on
`;

/** Adds `plumb undo`: what an agent did is taken back, once another person approves. */
export function addUndo(program: Command, shell: Shell): void {
  const undo = program
    .command('undo')
    .description('take back what an agent did, once another person approves')
    .addHelpText('after', HELP);
  withSelection(
    undo.command('plan').description('what takes actions back, and what nothing does'),
  ).action((agent: string, options: Selecting) => plan(agent, options, shell));
  withSelection(undo.command('ask').description('ask another person to approve exactly that'))
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .option('--go-on', 'what cannot be done does not stop what follows')
    .action((agent: string, options: Asking) => ask(agent, options, shell));
  withConnection(undo.command('list').description('what is, was or is to be taken back'))
    .option('--agent <agent>', 'of one agent')
    .action((options: Connection & { readonly agent?: string }) => list(options, shell));
  withConnection(undo.command('show').description('one of them, and how far each action is'))
    .argument('<undo>', 'its id')
    .action((id: string, options: Connection) => show(id, options, shell));
  addUndoDoing(undo, shell);
}

function withSelection(command: Command): Command {
  return withConnection(command)
    .argument('<agent>', 'whose actions')
    .option('--entries <id...>', 'decisions, by id or place in the log')
    .option('--session <session>', 'what was done in one session')
    .option('--since <time>', 'what was done since: ISO 8601, or a duration such as 2h')
    .option('--leave <id...>', 'decisions to leave as they are')
    .option('--fill <id.argument=value...>', 'what the pact does not map, as JSON or text');
}

function selectionOf(options: Selecting): JsonObject {
  const { entries, session, since, leave, fill } = options;
  if (entries === undefined && session === undefined && since === undefined) {
    throw new Stop('say which actions: --entries, --session or --since');
  }
  return {
    ...(entries === undefined ? {} : { entries: [...entries] }),
    ...(session === undefined ? {} : { session }),
    ...(since === undefined ? {} : { sinceMs: momentOf(since) }),
    ...(leave === undefined ? {} : { leave: [...leave] }),
    ...(fill === undefined ? {} : { fill: fillingOf(fill) }),
  };
}

function momentOf(text: string): number {
  const ago = parseDuration(text);
  const moment = ago === null ? Date.parse(text) : Date.now() - ago;
  if (!Number.isNaN(moment)) return moment;
  throw new Stop(`not a time: \`${text}\`; write 2h or 2026-01-31T12:00Z`, '--since');
}

function fillingOf(fills: readonly string[]): JsonObject {
  const filled: Record<string, JsonObject> = {};
  for (const fill of fills) {
    const [, id = '', name, text = ''] = /^([^.=]+)(?:\.([^=]+))?=([^]*)$/.exec(fill) ?? [];
    const value = valueOf(text);
    if (id === '') throw new Stop(`\`${fill}\` is not <id>.<argument>=<value>`, '--fill');
    if (name === undefined && !isJsonObject(value)) {
      throw new Stop(`\`${id}=\` takes all arguments as one JSON object`, '--fill');
    }
    const said: JsonObject = name === undefined ? Object(value) : { [name]: value };
    filled[id] = { ...filled[id], ...said };
  }
  return filled;
}

function valueOf(text: string): Json {
  const value = parsedJson(text);
  return value === undefined ? text : value;
}

async function plan(agent: string, options: Selecting, shell: Shell): Promise<void> {
  const body = selectionOf(options);
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/undos/plan`, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderPlan(said));
}

async function ask(agent: string, options: Asking, shell: Shell): Promise<void> {
  const { reason, goOn = false } = options;
  const body = { ...selectionOf(options), reason, goOn };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/undos`, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderUndo(said));
  shell.screen.note(`another person looks at it: plumb undo show ${shown(said['undo'])}\n`);
}

async function list(
  options: Connection & { readonly agent?: string },
  shell: Shell,
): Promise<void> {
  const { agent } = options;
  const query = agent === undefined ? '' : `?agent=${step(agent)}`;
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/undos${query}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((set) => [
    shown(set['undo']),
    shown(set['agent']),
    shown(set['state']),
    doneOf(set),
    shownTime(set['askedAt']),
    shown(set['reason']),
  ]);
  const heads = ['id', 'agent', 'state', 'done', 'asked', 'reason'];
  shell.screen.print(renderRows(heads, rows, 'nothing was ever taken back'));
}

function doneOf(set: JsonObject): string {
  const steps = rowsOf({ rows: set['steps'] ?? [] });
  return `${steps.filter(({ state }) => state === 'done').length} of ${steps.length}`;
}

async function show(id: string, options: Connection, shell: Shell): Promise<void> {
  const { said, showKey } = await withDaemon({ connection: options, shell }, async (daemon) => {
    const set = await daemon.get(`/api/v1/undos/${step(id)}`);
    return { said: set, showKey: await keyNames(daemon) };
  });
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderUndo(said, showKey));
  const next = nextOf(said);
  if (next !== '') shell.screen.note(`${next}\n`);
}
