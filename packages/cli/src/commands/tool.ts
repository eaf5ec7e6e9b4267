import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

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
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type AcceptOptions = Connection & { readonly reason: string };

/** Adds `plumb tool`: what servers say of their tools, and a person's word on it. */
export function addTool(program: Command, shell: Shell): void {
  const tool = program
    .command('tool')
    .description('show and accept what servers say of their tools');
  withConnection(tool.command('list').description("show an agent's tools, and which wait"))
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => list(agent, options, shell));
  withConnection(tool.command('show').description('show one definition beside the accepted one'))
    .argument('<agent>', 'the agent')
    .argument('<tool>', 'its name in the pact, or the digest of a definition')
    .action((agent: string, named: string, options: Connection) =>
      show({ agent, named }, options, shell),
    );
  withConnection(tool.command('accept').description('let a definition be listed and called'))
    .argument('<agent>', 'the agent')
    .argument('<tool>', 'its name in the pact, or the digest of a definition')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((agent: string, named: string, options: AcceptOptions) =>
      accept({ agent, named }, options, shell),
    );
}

async function list(agent: string, options: Connection, shell: Shell): Promise<void> {
  const { said, showKey } = await withDaemon({ connection: options, shell }, async (daemon) => {
    const answer = await daemon.get(`/api/v1/agents/${step(agent)}/tools`);
    return { said: answer, showKey: await keyNames(daemon) };
  });
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    shown(row['tool']),
    shown(row['server']),
    shown(row['state']),
    whyOf(row),
    shownTime(row['at']),
    row['by'] === 'first-sight' ? 'first sight' : showKey(row['by']),
    shown(row['definition']),
  ]);
  const heads = ['tool', 'server', 'state', 'why', 'since', 'by', 'definition'];
  shell.screen.print(renderRows(heads, rows, 'no server has offered this agent a tool yet'));
}

function whyOf({ why, signs }: JsonObject): string {
  const found = Array.isArray(signs) && signs.length > 0 ? ` (${signs.map(shown).join(', ')})` : '';
  return `${shown(why)}${found}`;
}

type Named = { readonly agent: string; readonly named: string };

async function show(of: Named, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, async ({ get }) => {
    const base = `/api/v1/agents/${step(of.agent)}/tools`;
    return get(`${base}/${digestOf(of, rowsOf(await get(base)), () => true)}`);
  });
  if (options.json === true) return shell.screen.json(said);
  const heading = `${shown(said['tool'])} of ${shown(said['server'])} is ${shown(said['state'])}`;
  const lines = [`${heading}: ${whyOf(said)}`, '', 'offered:', textOf(said['offered'])];
  if (isJsonObject(said['accepted'] ?? null)) {
    lines.push('', 'accepted:', textOf(said['accepted']));
  }
  shell.screen.print(lines.join('\n'));
}

async function accept(of: Named, options: AcceptOptions, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, async ({ get, post }) => {
    const base = `/api/v1/agents/${step(of.agent)}/tools`;
    const rows = rowsOf(await get(base));
    const digest = digestOf(of, rows, ({ state }) => state === 'quarantined');
    return post(`${base}/${digest}/accept`, { reason: options.reason });
  });
  if (options.json === true) return shell.screen.json(said);
  const entry = shown(said['index']);
  shell.screen.print(`${of.agent}: ${shown(said['tool'])} is accepted (entry ${entry})`);
}

/** The newest definition of a name that can be meant; a digest means itself. */
function digestOf(
  { agent, named }: Named,
  rows: readonly JsonObject[],
  isMeant: (row: JsonObject) => boolean,
): string {
  if (/^sha256:[0-9a-f]{64}$/.test(named)) return named;
  const meant = rows.filter((row) => row['tool'] === named && isMeant(row));
  const servers = new Set(meant.map(({ server }) => server));
  if (servers.size > 1) {
    const all = [...servers].map(shown).join(', ');
    throw new Stop(`several servers offer \`${named}\` (${all}): name the digest instead`);
  }
  const digest = meant[0]?.['definition'];
  if (typeof digest === 'string') return digest;
  throw new Stop(
    `no definition of \`${named}\` waits: \`plumb tool list ${agent}\` shows them all`,
  );
}

// What cannot be seen is written out: it may be the reason why this is read.
function textOf(value: Json | undefined): string {
  return JSON.stringify(value ?? null, null, 2).replaceAll(/[^\n\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
