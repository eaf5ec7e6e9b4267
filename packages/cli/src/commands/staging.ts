import type { Command } from 'commander';
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
import { type ShowKey, keyNames } from '../daemon/key-names.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';

type Options = Connection & { readonly reason: string };
type Move = 'promote' | 'restart' | 'fall-back' | 'hold';

const SAYS: Readonly<Record<Move, string>> = {
  promote: 'let staged actions come one phase further, whatever the checks say',
  'fall-back': 'take staged actions back to the staging upstream',
  hold: 'keep staged actions in their phase: they still fall back by themselves',
  restart: 'let staged actions begin again, with nothing observed',
};

/** Adds `plumb staging`: what goes to a staging upstream first, and how far it has come. */
export function addStaging(program: Command, shell: Shell): void {
  const staging = program
    .command('staging')
    .description('show and move actions that are staged before they are live');
  withConnection(staging.command('list').description('show how far every agent has come')).action(
    (options: Connection) => list(options, shell),
  );
  withConnection(staging.command('show').description("show one agent's phase and its checks"))
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => show(agent, options, shell));
  for (const move of ['promote', 'fall-back', 'hold', 'restart'] as const) {
    withConnection(staging.command(move).description(SAYS[move]))
      .argument('<agent>', 'the agent')
      .requiredOption('--reason <text>', 'why; stands open in the ledger')
      .action((agent: string, options: Options) => change({ agent, move }, options, shell));
  }
}

async function list(options: Connection, shell: Shell): Promise<void> {
  const found = await withDaemon({ connection: options, shell }, async (daemon) => {
    const agents = rowsOf(await daemon.get('/api/v1/agents'));
    const views: JsonObject[] = [];
    for (const { agent } of agents) {
      const { staging } = await daemon.get(`/api/v1/agents/${step(shown(agent))}/staging`);
      if (isJsonObject(staging ?? null)) views.push(Object(staging));
    }
    return { views, showKey: await keyNames(daemon) };
  });
  if (options.json === true) return shell.screen.json({ rows: found.views });
  const rows = found.views.map((view) => [
    shown(view['agent']),
    phaseIn(view),
    shownTime(view['since']),
    whoIn(view, found.showKey),
    shownTime(view['dueAt']),
    shown(view['upstream']),
    toolsIn(view),
  ]);
  const heads = ['agent', 'phase', 'since', 'by', 'next not before', 'upstream', 'tools'];
  shell.screen.print(renderRows(heads, rows, 'no armed pact stages anything'));
}

async function show(agent: string, options: Connection, shell: Shell): Promise<void> {
  const { said, showKey } = await withDaemon({ connection: options, shell }, async (daemon) => {
    const answer = await daemon.get(`/api/v1/agents/${step(agent)}/staging`);
    return { said: answer, showKey: await keyNames(daemon) };
  });
  if (options.json === true) return shell.screen.json(said);
  const { staging } = said;
  if (!isJsonObject(staging ?? null)) {
    shell.screen.print(`the armed pact of ${agent} stages nothing`);
    return;
  }
  const view: JsonObject = Object(staging);
  const by = whoIn(view, showKey);
  const lines = [
    `${agent}: ${phaseIn(view)} since ${shownTime(view['since'])}, by ${by}`,
    whereTo(view),
    ...(view['next'] === null
      ? []
      : [`${shown(view['next'])} follows at ${shownTime(view['dueAt'])} at the earliest`]),
  ];
  shell.screen.print(lines.join('\n'));
  const checks = Array.isArray(view['checks']) ? view['checks'].filter(isJsonObject) : [];
  const rows = checks.map(({ name, seen, sample, bad, allowed, state }) => {
    return [
      shown(name),
      `${shown(seen)} of ${shown(sample)}`,
      shown(bad),
      shown(allowed),
      shown(state),
    ];
  });
  if (view['next'] === null) return;
  const heads = ['check', 'seen', 'bad', 'allowed', 'state'];
  shell.screen.print(renderRows(heads, rows, 'no checks: it is promoted by time alone'));
}

function whereTo(view: JsonObject): string {
  const upstream = `the upstream \`${shown(view['upstream'])}\``;
  const tools = toolsIn(view);
  const { phase, share } = view;
  if (phase === 'promoted') return `calls of ${tools} reach the live server`;
  if (phase !== 'canary') return `calls of ${tools} go to ${upstream}`;
  const percent = Math.round(Number(share) * 10_000) / 100;
  return `calls of ${tools} reach the live server in ${percent}% of sessions, else ${upstream}`;
}

function phaseIn({ phase, isHeld }: JsonObject): string {
  return isHeld === true ? `${shown(phase)} (held)` : shown(phase);
}

function whoIn({ by }: JsonObject, showKey: ShowKey): string {
  return by === 'plumbline' ? 'itself' : showKey(by);
}

function toolsIn({ tools }: JsonObject): string {
  return Array.isArray(tools) ? tools.map(shown).join(', ') : '';
}

async function change(
  { agent, move }: { readonly agent: string; readonly move: Move },
  options: Options,
  shell: Shell,
): Promise<void> {
  const isForward = move === 'promote' || move === 'restart';
  const path = `/api/v1/agents/${step(agent)}/staging/${isForward ? 'promote' : 'take-back'}`;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(path, { move, reason: options.reason }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${agent}: ${phaseIn(said)} (entry ${shown(said['index'])})`);
}
