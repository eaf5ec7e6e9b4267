import { type Command, InvalidArgumentError, Option } from 'commander';
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
import { readText } from '../files/read-text.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type AddOptions = Connection & {
  readonly name: string;
  readonly upstream: string;
  readonly access: string;
  readonly inject: JsonObject;
  readonly agent?: readonly string[];
  readonly own?: boolean;
  readonly path?: readonly string[];
  readonly method?: readonly string[];
  readonly expires?: string;
  readonly secretFile: string;
};

/** Adds `plumb credential` and what is below it. */
export function addCredential(program: Command, shell: Shell): void {
  const credential = program
    .command('credential')
    .description('keep, list, rotate and revoke credentials that the daemon puts into calls');
  withConnection(
    credential
      .command('add')
      .description('keep a credential; its secret is read from a file, and never shown again'),
  )
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--upstream <url>', 'where it may be sent: below this address alone')
    .addOption(
      new Option('--access <access>', '`read` for actions that only read, `write` for the others')
        .choices(['read', 'write'])
        .makeOptionMandatory(),
    )
    .option('--agent <agent...>', 'the agents whose actions it is for')
    .option('--own', "for no agent: the daemon's own messages (`vault:<name>` in its settings)")
    .addOption(
      new Option(
        '--inject <how>',
        '`bearer`, `basic` (the secret is `user:password`), `header:<name>`, or `query:<name>`, ' +
          'which upstreams may write into their logs',
      )
        .argParser(parseInject)
        .default({ kind: 'bearer' }, '`bearer`'),
    )
    .option('--path <prefix...>', 'paths it may be used for (default: all below the address)')
    .option('--method <method...>', 'methods it may be used for (default: all of its access)')
    .option('--expires <time>', 'until when, ISO 8601 (default: for ever)')
    .requiredOption('--secret-file <file>', 'holds the secret; `-` is standard input')
    .action((options: AddOptions) => add(options, shell));
  withConnection(
    credential.command('list').description('show every credential, without secrets'),
  ).action((connection: Connection) => list(connection, shell));
  withConnection(
    credential.command('rotate').description('give a credential another secret, at once'),
  )
    .argument('<id>', 'as `plumb credential list` shows it')
    .requiredOption('--secret-file <file>', 'holds the secret; `-` is standard input')
    .action((id: string, options: Connection & { readonly secretFile: string }) =>
      rotate(id, options, shell),
    );
  withConnection(
    credential.command('revoke').description('revoke a credential and destroy its secret, at once'),
  )
    .argument('<id>', 'as `plumb credential list` shows it')
    .action((id: string, connection: Connection) => revoke(id, connection, shell));
}

function parseInject(text: string): JsonObject {
  const [kind = '', name] = text.split(':', 2);
  if (name === undefined && (kind === 'bearer' || kind === 'basic')) return { kind };
  if (name !== undefined && name !== '' && (kind === 'header' || kind === 'query')) {
    return { kind, name };
  }
  throw new InvalidArgumentError('say `bearer`, `basic`, `header:<name>` or `query:<name>`');
}

// Never from the command line itself: other users of a machine can read that.
function readSecret(file: string): string {
  const secret = readText(file).replace(/\r?\n$/, '');
  if (secret === '') throw new Stop('holds no secret', file === '-' ? 'standard input' : file);
  return secret;
}

async function add(options: AddOptions, shell: Shell): Promise<void> {
  const { name, upstream, access, inject, agent = [], path = [], method = [], expires } = options;
  if ((options.own === true) === agent.length > 0) {
    throw new Stop('name the agents it is for, or say `--own`; not both', '--agent');
  }
  const expiresAt = expires === undefined ? null : Date.parse(expires);
  if (Number.isNaN(expiresAt)) throw new Stop(`not a time: \`${expires ?? ''}\``, '--expires');
  const body: JsonObject = {
    name,
    url: upstream,
    access,
    inject,
    agents: [...agent],
    paths: [...path],
    methods: method.map((each) => each.toUpperCase()),
    expiresAt,
    secret: readSecret(options.secretFile),
  };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/credentials', body),
  );
  if (options.json === true) return shell.screen.json(said);
  const whom = agent.length === 0 ? 'the daemon itself' : `${agent.join(', ')} to ${access}`;
  shell.screen.print(`kept ${shown(said['id'])}, for ${whom}`);
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/credentials'));
  if (connection.json === true) return shell.screen.json(said);
  const plain = ['id', 'name', 'access', 'url', 'agents', 'version'];
  const times = ['addedAt', 'usedAt', 'expiresAt', 'revokedAt'];
  const rows = rowsOf(said).map((row) => [
    ...plain.map((name) => shown(row[name])),
    ...times.map((name) => shownTime(row[name])),
  ]);
  const heads = [...plain, 'added', 'used', 'expires', 'revoked'];
  const none = 'no credentials yet: `plumb credential add` keeps one';
  shell.screen.print(renderRows(heads, rows, none));
}

async function rotate(
  id: string,
  options: Connection & { readonly secretFile: string },
  shell: Shell,
): Promise<void> {
  const body = { secret: readSecret(options.secretFile) };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/credentials/${step(id)}/rotate`, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`rotated ${id}: secret ${shown(said['version'])} is in use`);
}

async function revoke(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ remove }) =>
    remove(`/api/v1/credentials/${step(id)}`),
  );
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(`revoked ${id} (entry ${shown(said['index'])})`);
}
