import { type Command, Option } from 'commander';
import type { JsonObject } from '@plumbline/core';

import { objectIn } from '../daemon/object-option.ts';
import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { readText } from '../files/read-text.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type ProvingOptions = Connection & {
  readonly tokenFile?: string;
  readonly claim?: readonly string[];
};

type OpenOptions = ProvingOptions & {
  readonly principal?: string;
  readonly task?: string;
  readonly room?: string;
  readonly attributes?: string;
  readonly name?: string;
  readonly subject?: string;
  readonly parent?: string;
  readonly decision?: string;
  readonly delegate?: string;
};

type ReportOptions = Connection & { readonly resolved: string; readonly note?: string };

/** Adds `plumb session` and what is below it. */
export function addSession(program: Command, shell: Shell): void {
  const session = program.command('session').description('open, list and close sessions');
  withProving(session.command('open').description('attest who asks an agent, and for what'))
    .argument('<agent>', 'the agent')
    .option('--principal <name>', "who asks (default: whom the token names, or the parent's)")
    .option('--task <task>', 'what for: a task of the pact')
    .option('--room <room>', 'where')
    .option('--attributes <json>', 'what else is attested, a JSON object')
    .option('--name <name>', 'what you call the session; opening it twice returns the first')
    .option('--subject <name>', "whose data it holds (default: the principal's)")
    .option('--parent <agent/session>', 'the session that hands this one down')
    .option('--decision <id>', "the parent's decision that let the hand-off through")
    .option('--delegate <json>', 'how much of it: {"tools", "effects", "claims", "untilMs"}')
    .action((agent: string, options: OpenOptions) => open(agent, options, shell));
  withProving(
    session.command('claim').description('record what a principal proves, or what you may attest'),
  )
    .argument('<agent>', 'the agent')
    .argument('<session>', 'the session')
    .action((agent: string, id: string, options: ProvingOptions) =>
      claim({ agent, id }, options, shell),
    );
  withConnection(session.command('list').description("show an agent's last sessions"))
    .argument('<agent>', 'the agent')
    .option('--limit <count>', 'how many', '100')
    .action((agent: string, options: Connection & { readonly limit: string }) =>
      list(agent, options, shell),
    );
  withConnection(
    session.command('report').description('the agent says whether it did what was asked'),
  )
    .argument('<agent>', 'the agent')
    .argument('<session>', 'the session, still open')
    .addOption(
      new Option('--resolved <word>', 'whether it did')
        .choices(['yes', 'no'])
        .makeOptionMandatory(),
    )
    .option('--note <text>', "in the agent's own words; sealed")
    .action((agent: string, id: string, options: ReportOptions) =>
      report({ agent, id }, options, shell),
    );
  withConnection(session.command('close').description('close a session; its permits are void'))
    .argument('<agent>', 'the agent')
    .argument('<session>', 'the session')
    .action((agent: string, id: string, options: Connection) =>
      close({ agent, id }, options, shell),
    );
}

function withProving(command: Command): Command {
  return withConnection(command)
    .option('--token-file <file>', "a file with the principal's own token")
    .option('--claim <name=values...>', 'what you attest of the principal: `roles=a,b`');
}

async function open(agent: string, options: OpenOptions, shell: Shell): Promise<void> {
  const { principal, task, room, name, subject, parent, decision, delegate } = options;
  if (principal === undefined && options.tokenFile === undefined && parent === undefined) {
    throw new Stop('give `--principal`, a `--token-file` or a `--parent`', null);
  }
  const given = Object.entries({ principal, task, room, name, subject }).flatMap(
    ([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]]),
  );
  const attributes = objectIn(options.attributes, '--attributes');
  const handed = delegate === undefined ? {} : { delegate: objectIn(delegate, '--delegate') };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions`, {
      ...Object.fromEntries(given),
      attributes,
      ...provingOf(options),
      ...(parent === undefined ? {} : { parent: parentOf(parent, decision) }),
      ...handed,
    }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(shown(said['session']));
}

function parentOf(text: string, decision: string | undefined): JsonObject {
  const [, agent, session] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (agent === undefined || session === undefined) {
    throw new Stop('must be `<agent>/<session>`', '--parent');
  }
  return decision === undefined ? { agent, session } : { agent, session, decision };
}

function provingOf({ tokenFile, claim: claims = [] }: ProvingOptions): JsonObject {
  const token = tokenFile === undefined ? {} : { token: readText(tokenFile).trim() };
  if (claims.length === 0) return token;
  return { ...token, claims: claims.map(claimOf) };
}

function claimOf(text: string): JsonObject {
  const [, name, values] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || values === undefined) {
    throw new Stop(`\`${text}\` must be \`<name>=<value>,<value>\``, '--claim');
  }
  return { name, values: values.split(',') };
}

async function claim(
  { agent, id }: { readonly agent: string; readonly id: string },
  options: ProvingOptions,
  shell: Shell,
): Promise<void> {
  const body = provingOf(options);
  if (Object.keys(body).length === 0) throw new Stop('give a `--token-file` or a `--claim`', null);
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions/${step(id)}/claims`, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`recorded ${shown(said['claims'])} claims (entry ${shown(said['index'])})`);
}

async function report(
  { agent, id }: { readonly agent: string; readonly id: string },
  { resolved, note, ...connection }: ReportOptions,
  shell: Shell,
): Promise<void> {
  const words = note === undefined ? {} : { note };
  const said = await withDaemon({ connection, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions/${step(id)}/report`, {
      resolved: resolved === 'yes',
      ...words,
    }),
  );
  if (connection.json === true) return shell.screen.json(said);
  const what = resolved === 'yes' ? 'resolved' : 'not resolved';
  shell.screen.print(`reported ${id} as ${what} (entry ${shown(said['index'])})`);
}

async function list(
  agent: string,
  options: Connection & { readonly limit: string },
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/sessions?limit=${step(options.limit)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    shown(row['session']),
    shownTime(row['openedAt']),
    shownTime(row['closedAt']),
    shown(row['task']),
    shown(row['decisions']),
    shown(row['refusals']),
  ]);
  const heads = ['session', 'opened', 'closed', 'task', 'decisions', 'refusals'];
  shell.screen.print(renderRows(heads, rows, 'no sessions yet'));
}

async function close(
  { agent, id }: { readonly agent: string; readonly id: string },
  options: Connection,
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/sessions/${step(id)}/close`),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`closed ${id} (entry ${shown(said['index'])})`);
}
