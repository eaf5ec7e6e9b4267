import type { Command } from 'commander';
import { isJsonObject } from '@plumbline/core';

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

type GrantsOptions = Connection & {
  readonly agent?: string;
  readonly session?: string;
  readonly mechanism?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
};

/** Adds `plumb grants`. */
export function addGrants(program: Command, shell: Shell): void {
  withConnection(
    program
      .command('grants')
      .description('show what was verified of principals, how, and what became of it'),
  )
    .option('--agent <agent>', 'of one agent')
    .option('--session <session>', 'of one session')
    .option('--mechanism <name>', 'oidc, mtls, spiffe, api-key, totp or webauthn')
    .option('--since <time>', 'recorded since, ISO 8601')
    .option('--until <time>', 'recorded before, ISO 8601')
    .option('--limit <count>', 'how many', '100')
    .action((options: GrantsOptions) => grants(options, shell));
}

async function grants(options: GrantsOptions, shell: Shell): Promise<void> {
  const { agent, session, mechanism, limit } = options;
  const times = {
    fromAt: momentOf(options.since, '--since'),
    untilAt: momentOf(options.until, '--until'),
  };
  const query = Object.entries({ agent, session, mechanism, ...times, limit }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`${name}=${step(value)}`]),
  );
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/grants?${query.join('&')}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const heads = ['recorded', 'agent', 'session', 'mechanism', 'claim', 'once', 'expires', 'state'];
  const rows = rowsOf(said).map((row) => [
    shownTime(row['at']),
    ...['agent', 'session', 'mechanism', 'claim'].map((name) => shown(row[name])),
    row['isOnce'] === true ? 'yes' : 'no',
    shownTime(row['expiresAt']),
    shown(row['state']),
  ]);
  shell.screen.print(renderRows(heads, rows, 'nothing was verified of anybody yet'));
  const counts = Array.isArray(said['mechanisms']) ? said['mechanisms'].filter(isJsonObject) : [];
  if (counts.length === 0) return;
  const all = counts.map((each) => `${shown(each['mechanism'])} ${shown(each['count'])}`);
  shell.screen.print(`by mechanism: ${all.join(', ')}`);
}

function momentOf(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined;
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new Stop(`not a time: \`${text}\``, option);
  return String(moment);
}
