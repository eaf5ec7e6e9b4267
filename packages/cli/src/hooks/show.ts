import { existsSync } from 'node:fs';

import { type JsonObject } from '@plumbline/core';

import { readConfig, step, withDaemon } from '../daemon/connection.ts';
import { loadServer, type Server } from '../daemon/load-server.ts';
import { EXIT } from '../exit-codes.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Client, type HookPlace, placesOf, textOf } from './hook-place.ts';

/** What is given when the hooks of a client are shown. */
export type ShowOptions = {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
};

type Row = HookPlace & {
  readonly hooks: number;
  readonly wanted: number;
  readonly agent: string | null;
  readonly principal: string | null;
  readonly task: string | null;
  readonly hasScript: boolean;
  readonly blindness: ReturnType<Server['blindnessOf']>;
};

/** Says where a client has hooks of ours, for which agent, and whether they are answered. */
export async function showHooks(client: Client, options: ShowOptions, shell: Shell): Promise<void> {
  const server = await loadServer();
  readConfig(server, options, shell);
  const rows = placesOf(server, client, shell).map((place) => rowOf(server, client, place));
  const installed = rows.filter(({ hooks }) => hooks > 0);
  const agents = [...new Set(installed.flatMap(({ agent }) => (agent === null ? [] : [agent])))];
  const answers = await Promise.all(agents.map((agent) => answerOf(agent, options, shell)));
  const off = rows.filter(({ blindness }) => blindness === 'off');
  const faults = [
    ...off.map(({ path }) => `${path}: switches every hook off, so nothing is decided`),
    ...installed.flatMap(faultsOf),
    ...answers.flatMap(({ fault }) => fault ?? []),
  ];
  if (installed.length > 1) faults.push('installed more than once: each call is let through once');
  if (installed.length === 0 || faults.length > 0) shell.exit(EXIT.no);
  if (options.json === true) return shell.screen.json({ client: client.id, places: rows, faults });
  const next = `${shell.program} hook ${client.id} install --agent <agent>`;
  const lines = [
    renderRows(HEADS, rows.map(cellsOf), ''),
    ...faults.map((fault) => `ATTENTION  ${fault}`),
    ...(installed.length === 0 ? [`\nnext: ${next}`] : faults.length === 0 ? ['answered'] : []),
    ...(client.note === null || installed.length === 0 ? [] : [`note       ${client.note}`]),
  ];
  shell.screen.print(lines.join('\n'));
}

const HEADS = ['scope', 'file', 'hooks', 'agent', 'principal', 'task'];

function cellsOf({ scope, path, hooks, wanted, agent, principal, task }: Row): readonly string[] {
  const count = hooks === 0 ? 'none' : `${hooks} of ${wanted}`;
  return [scope, path, count, agent ?? '–', principal ?? '–', task ?? '–'];
}

function rowOf(server: Server, client: Client, place: HookPlace): Row {
  const text = textOf(server, place.path) ?? '';
  const found = server.hooksIn(text);
  const [first] = found;
  const events = new Set(found.map(({ event }) => event));
  return {
    ...place,
    hooks: client.events.filter(([event]) => events.has(event)).length,
    wanted: client.events.length,
    agent: first?.attested.agent ?? null,
    principal: first?.attested.principal ?? null,
    task: first?.attested.task ?? null,
    hasScript: found.every(({ form, place: at }) => form === 'http' || existsSync(at)),
    blindness: server.blindnessOf(text),
  };
}

function faultsOf({ path, hooks, wanted, hasScript, blindness }: Row): readonly string[] {
  const isPart = blindness === 'some';
  return [
    ...(isPart ? [`${path}: not every tool is asked about: install them again`] : []),
    ...(hooks < wanted ? [`${path}: some hooks are missing: install them again`] : []),
    ...(hasScript ? [] : [`${path}: the program is gone, so all is refused: install it again`]),
  ];
}

async function answerOf(
  agent: string,
  { data: folder, config }: ShowOptions,
  shell: Shell,
): Promise<{ readonly fault: string | null }> {
  const connection = {
    ...(folder === undefined ? {} : { data: folder }),
    ...(config === undefined ? {} : { config }),
  };
  const asking = { connection, shell, wanted: { start: false } };
  try {
    const status = await withDaemon(asking, ({ get }) => get(`/api/v1/agents/${step(agent)}`));
    return { fault: faultOf(agent, status) };
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    return { fault: `everything is refused: ${cause.message}` };
  }
}

function faultOf(agent: string, { pact, halts }: JsonObject): string | null {
  if (typeof pact !== 'string') return `\`${agent}\` has no armed pact, so everything is refused`;
  const isHalted = Array.isArray(halts) && halts.length > 0;
  return isHalted ? `\`${agent}\` is halted in part or as a whole: see \`plumb halts\`` : null;
}
