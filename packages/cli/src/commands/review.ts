import { type Command, Option } from 'commander';
import type { JsonObject } from '@plumbline/core';

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

type Options = Connection & { readonly finding: string; readonly reason: string };

/** Adds `plumb review`: agents that tried again and again to undo what people decided. */
export function addReview(program: Command, shell: Shell): void {
  const review = program.command('review').description("look at an agent's objective");
  withConnection(review.command('list').description('show the reviews of an agent'))
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => list(agent, options, shell));
  withConnection(review.command('close').description('close a review with what was found'))
    .argument('<agent>', 'the agent')
    .argument('<review>', 'its id')
    .addOption(
      new Option('--finding <finding>', 'what was at fault')
        .choices(['objective', 'pact', 'nothing'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((agent: string, id: string, options: Options) => close({ agent, id }, options, shell));
}

async function list(agent: string, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/reviews`),
  );
  if (options.json === true) return shell.screen.json(said);
  const heads = ['review', 'raised', 'actions', 'sessions', 'finding', 'reason'];
  shell.screen.print(renderRows(heads, rowsOf(said).map(cellsOf), 'no reviews'));
}

function cellsOf({ id, at, actions, sessions, finding, reason }: JsonObject): readonly string[] {
  const state = finding === null ? 'open' : shown(finding);
  return [shown(id), shownTime(at), shown(actions), shown(sessions), state, shown(reason)];
}

async function close(
  { agent, id }: { readonly agent: string; readonly id: string },
  options: Options,
  shell: Shell,
): Promise<void> {
  const { finding, reason } = options;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/reviews/${step(id)}`, { finding, reason }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`closed ${id}: ${finding} (entry ${shown(said['index'])})`);
}
