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
import { loadServer } from '../daemon/load-server.ts';
import { writeWhole } from '../files/write-whole.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type AddOptions = Connection & {
  readonly kind: string;
  readonly name: string;
  readonly role?: readonly string[];
  readonly scope?: readonly string[];
  readonly agent?: readonly string[];
  readonly email?: string;
  readonly group?: readonly string[];
  readonly expires?: string;
  readonly grant?: readonly string[];
};

const SCOPES = ['read', 'measure', 'lock'];

/** Adds `plumb key` and what is below it. */
export function addKey(program: Command, shell: Shell): void {
  const key = program.command('key').description('make, list and revoke API keys');
  withConnection(key.command('add').description('make a key; its secret is printed this once'))
    .addOption(
      new Option('--kind <kind>', 'what it is for')
        .choices(['person', 'agent', 'opener', 'service'])
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'whose it is')
    .addOption(
      new Option('--role <role...>', 'for a person').choices([
        'viewer',
        'operator',
        'approver',
        'admin',
      ]),
    )
    .addOption(new Option('--scope <scope...>', 'for a service').choices(SCOPES))
    .option('--agent <agent...>', 'the agents it is for (default: every agent)')
    .option('--email <address>', "a person's address, as approver lists of pacts name it")
    .option('--group <group...>', "a person's groups: `role:<group>` in approver lists")
    .option('--grant <claim=values...>', 'what an opener may attest of principals: `roles=a,b`')
    .option('--expires <time>', 'until when, ISO 8601 (default: for ever)')
    .action((options: AddOptions) => add(options, shell));
  withConnection(key.command('list').description('show every key, without secrets')).action(
    (connection: Connection) => list(connection, shell),
  );
  withConnection(key.command('revoke').description('revoke a key, at once'))
    .argument('<id>', 'the 16 digits between `plk_` and the secret')
    .action((id: string, connection: Connection) => revoke(id, connection, shell));
  withConnection(
    key.command('recover').description('make an admin key on the machine itself; it is recorded'),
  )
    .requiredOption('--name <name>', 'whose it is')
    .action((options: Connection & { readonly name: string }) => recover(options, shell));
  key
    .command('sign-new')
    .description('make a key that signs pacts, and print its verifier key')
    .argument('<file>', 'where the secret half is written')
    .requiredOption('--name <name>', 'whose it is, without spaces')
    .option('--json', 'print one JSON object')
    .action((file: string, options: { readonly name: string; readonly json?: boolean }) =>
      makeSigner(file, options, shell),
    );
}

async function add(options: AddOptions, shell: Shell): Promise<void> {
  const { kind, name, role = [], scope = [], agent, email = null, group = [], expires } = options;
  const expiresAt = expires === undefined ? null : Date.parse(expires);
  if (Number.isNaN(expiresAt)) throw new Stop(`not a time: \`${expires ?? ''}\``, '--expires');
  if (expiresAt !== null && expiresAt <= shell.wallMs()) {
    throw new Stop(`\`${expires ?? ''}\` is over: the key would be good for nothing`, '--expires');
  }
  const body: JsonObject = {
    kind,
    name,
    roles: [...role],
    scopes: [...scope],
    agents: agent === undefined ? null : [...agent],
    expiresAt,
    email,
    groups: [...group],
    ...(options.grant === undefined ? {} : { grants: options.grant.map(grantOf) }),
  };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/keys', body),
  );
  tell(said, options, shell);
}

function grantOf(text: string): JsonObject {
  const [, claim, values] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (claim !== undefined && values !== undefined) return { claim, values: values.split(',') };
  throw new Stop(`\`${text}\` must be \`<claim>=<value>,<value>\``, '--grant');
}

function tell(said: JsonObject, { json }: Connection, { screen }: Shell): void {
  if (json === true) return screen.json(said);
  screen.note('this key is shown once:\n');
  screen.print(shown(said['token']));
}

async function list(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ get }) => get('/api/v1/keys'));
  if (connection.json === true) return shell.screen.json(said);
  const whose = ['id', 'kind', 'name', 'email', 'groups', 'roles', 'scopes'];
  const heads = [...whose, 'agents', 'added', 'expires', 'revoked'];
  const rows = rowsOf(said).map((row) => [
    ...whose.map((name) => shown(row[name])),
    row['agents'] === null ? 'every' : shown(row['agents']),
    ...['addedAt', 'expiresAt', 'revokedAt'].map((name) => shownTime(row[name])),
  ]);
  shell.screen.print(renderRows(heads, rows, 'no keys yet'));
}

async function revoke(id: string, connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ remove }) =>
    remove(`/api/v1/keys/${step(id)}`),
  );
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(`revoked ${id} (entry ${shown(said['index'])})`);
}

async function recover(
  options: Connection & { readonly name: string },
  shell: Shell,
): Promise<void> {
  if ((options.url ?? shell.environment['PLUMBLINE_URL']) !== undefined) {
    throw new Stop('a lost admin is recovered on the machine itself, over the socket', '--url');
  }
  const body = { kind: 'person', name: options.name, roles: ['admin'] };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/keys', body),
  );
  tell(said, options, shell);
}

async function makeSigner(
  file: string,
  { name, json }: { readonly name: string; readonly json?: boolean },
  { screen }: Shell,
): Promise<void> {
  const server = await loadServer();
  const made = server.makeSigningKey(name);
  if (!made.ok) throw new Stop(made.error.message, '--name');
  writeWhole(file, made.value.secret, { isNew: true, mode: 0o600 });
  if (json === true) return screen.json({ file, verifierKey: made.value.verifierKey });
  screen.note('add this line to `publishing.signers` of the daemon:\n');
  screen.print(made.value.verifierKey);
}
