import type { Command } from 'commander';
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
import { keyNames } from '../daemon/key-names.ts';
import { type PactFiles, readPactFiles } from '../files/pact-files.ts';
import { readText } from '../files/read-text.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { signaturesBy } from './pact-sign.ts';

type PublishOptions = Connection & {
  readonly agent?: string;
  readonly reason: string;
  readonly sign?: readonly string[];
  readonly signature?: readonly string[];
};

type ShadowOptions = Connection & {
  readonly agent?: string;
  readonly reason: string;
  readonly end?: string;
};

/** Adds the commands below `plumb pact` that change what a daemon enforces. */
export function addPactPublish(pact: Command, shell: Shell): void {
  withConnection(
    pact.command('publish').description('arm a pact, or propose it where it takes two'),
  )
    .argument('<file>', 'the pact')
    .option('--agent <agent>', 'the agent (default: the one the pact names)')
    .option('--reason <text>', 'why; stands open in the ledger', 'published')
    .option('--sign <file...>', 'sign with these keys of `plumb key sign-new`')
    .option('--signature <file...>', 'signatures that others made with `plumb pact sign`')
    .action((file: string, options: PublishOptions) => publish(file, options, shell));
  withConnection(pact.command('shadow').description('run a pact beside the armed one'))
    .argument('[file]', 'the pact')
    .option('--agent <agent>', 'the agent (default: the one the pact names)')
    .option('--reason <text>', 'why; stands open in the ledger', 'shadowed')
    .option('--end <agent>', "end an agent's shadow instead")
    .action((file: string | undefined, options: ShadowOptions) => shadow(file, options, shell));
  withConnection(pact.command('list').description("show every version of an agent's pact"))
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => list(agent, options, shell));
  withConnection(pact.command('approve').description("the second person's word"))
    .argument('<agent>', 'the agent')
    .argument('<digest>', 'the version that was proposed')
    .action((agent: string, digest: string, options: Connection) =>
      move({ agent, digest, verb: 'approve' }, options, shell),
    );
  withConnection(pact.command('rollback').description('arm an earlier version again'))
    .argument('<agent>', 'the agent')
    .argument('<digest>', 'the earlier version')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((agent: string, digest: string, options: Connection & { readonly reason: string }) =>
      move({ agent, digest, verb: 'rollback', reason: options.reason }, options, shell),
    );
}

async function publish(file: string, options: PublishOptions, shell: Shell): Promise<void> {
  const found = readPactFiles(file);
  const agent = options.agent ?? found.agent;
  const own = await signaturesBy(options.sign ?? [], { agent, digest: found.digest });
  const signatures = [...own, ...(options.signature ?? []).map((each) => readText(each))];
  await propose({ agent, found, mode: 'publish', signatures }, options, shell);
}

async function shadow(
  file: string | undefined,
  options: ShadowOptions,
  shell: Shell,
): Promise<void> {
  const { end } = options;
  if (end !== undefined) {
    const said = await withDaemon({ connection: options, shell }, ({ remove }) =>
      remove(`/api/v1/agents/${step(end)}/shadow`),
    );
    if (options.json === true) return shell.screen.json(said);
    return shell.screen.print(`ended the shadow of ${end} (entry ${shown(said['index'])})`);
  }
  if (file === undefined) throw new Stop('name a pact to shadow, or an agent with --end');
  const found = readPactFiles(file);
  const agent = options.agent ?? found.agent;
  await propose({ agent, found, mode: 'shadow', signatures: [] }, options, shell);
}

type Proposal = {
  readonly agent: string;
  readonly found: PactFiles;
  readonly mode: 'publish' | 'shadow';
  readonly signatures: readonly string[];
};

async function propose(
  { agent, found, mode, signatures }: Proposal,
  options: PublishOptions | ShadowOptions,
  shell: Shell,
): Promise<void> {
  const { entry, files } = found;
  const body = { entry, files, mode, reason: options.reason, signatures: [...signatures] };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/pacts`, body),
  );
  tell({ agent, said }, options, shell);
}

function tell(
  { agent, said }: { readonly agent: string; readonly said: JsonObject },
  { json }: Connection,
  shell: Shell,
): void {
  if (json === true) return shell.screen.json(said);
  const [digest, state] = [shown(said['digest']), shown(said['state'])];
  const next =
    state === 'proposed'
      ? `\nanother person arms it: \`${shell.program} pact approve ${agent} ${digest}\``
      : '';
  shell.screen.print(`${agent}: ${digest} is ${state} (entry ${shown(said['index'])})${next}`);
}

async function list(agent: string, options: Connection, shell: Shell): Promise<void> {
  const { said, showKey } = await withDaemon({ connection: options, shell }, async (daemon) => {
    const answer = await daemon.get(`/api/v1/agents/${step(agent)}/pacts`);
    return { said: answer, showKey: await keyNames(daemon) };
  });
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    shown(row['digest']),
    shown(row['state']),
    shownTime(row['at']),
    showKey(row['by']),
    showKey(row['approvedBy']),
    shown(row['reason']),
  ]);
  const heads = ['digest', 'state', 'since', 'by', 'approved by', 'reason'];
  shell.screen.print(renderRows(heads, rows, `${agent} has no pact yet`));
}

type Move = {
  readonly agent: string;
  readonly digest: string;
  readonly verb: 'approve' | 'rollback';
  readonly reason?: string;
};

async function move(
  { agent, digest, verb, reason }: Move,
  options: Connection,
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(
      `/api/v1/agents/${step(agent)}/pacts/${step(digest)}/${verb}`,
      ...(reason === undefined ? [] : [{ reason }]),
    ),
  );
  tell({ agent, said }, options, shell);
}
