import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import type { Shell } from '../shell.ts';

/** Adds `plumb status`: how the daemon stands. */
export function addStatus(program: Command, shell: Shell): void {
  withConnection(
    program.command('status').description('say how the daemon stands; 1 when it is not ready'),
  ).action((connection: Connection) => status(connection, shell));
}

type Status = {
  readonly ready: boolean;
  readonly down: JsonObject;
  readonly log: JsonObject;
  readonly agents: readonly JsonObject[];
  readonly bypasses: number;
};

async function status(connection: Connection, shell: Shell): Promise<void> {
  const found = await withDaemon(
    { connection, shell, wanted: { start: false } },
    async ({ get, peek }): Promise<Status> => {
      const ready = await peek('/readyz');
      const log = await get('/api/v1/log');
      const agents = rowsOf(await get('/api/v1/agents'));
      const bypasses = rowsOf(await get('/api/v1/bypasses')).length;
      return { ready: ready.isFine, down: ready.body, log, agents, bypasses };
    },
  );
  if (!found.ready) shell.exit(EXIT.no);
  if (connection.json === true) return shell.screen.json(found);
  shell.screen.print(render(found));
}

/** What a daemon that is ready says that people have to do. */
function attentionOf({ attention = [] }: JsonObject): readonly string[] {
  return Array.isArray(attention) ? attention.map(shown) : [];
}

function render({ ready, down, log, agents, bypasses }: Status): string {
  const halted = agents.filter(({ halts }) => Array.isArray(halts) && halts.length > 0);
  const reviews = agents.reduce((sum, each) => sum + countOf(each['reviews']), 0);
  const alerts = agents.reduce((sum, each) => sum + countOf(each['alerts']), 0);
  return [
    ...attentionOf(down).map((line) => `ATTENTION  ${line}`),
    ready ? 'ready' : `not ready: ${shown(down['down'] ?? down['detail'])}`,
    `log        ${shown(log['origin'])}, ${shown(log['durableSize'])} entries`,
    `published  ${shown(log['publishedSize'])} entries, ${shownTime(log['checkpointAt'])}`,
    `verifier   ${shown(log['verifierKey'])}`,
    `agents     ${agents.length}${halted.length === 0 ? '' : `, ${halted.length} halted`}`,
    ...(reviews === 0
      ? []
      : [`reviews    ${reviews} open: \`plumb review list <agent>\` says why`]),
    ...(alerts === 0 ? [] : [`alerts     ${alerts} raised so far`]),
    ...(bypasses === 0
      ? []
      : [`bypasses   ${bypasses} found: \`plumb inventory bypass --list\` shows them`]),
  ].join('\n');
}

function countOf(value: JsonObject[string] | undefined): number {
  return typeof value === 'number' ? value : 0;
}
