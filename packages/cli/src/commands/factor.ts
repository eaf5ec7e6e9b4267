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
import {
  postProved,
  printLink,
  type ProofOptions,
  readAnswer,
  withProof,
} from '../daemon/proof.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type EnrolOptions = ProofOptions & { readonly kind: string; readonly name: string };
type ConfirmOptions = Connection & { readonly code?: string; readonly answer?: string };
type ListOptions = Connection & { readonly person?: string };
type RemoveOptions = ProofOptions & { readonly person?: string; readonly reason: string };

/** Adds `plumb factor` and what is below it. */
export function addFactor(program: Command, shell: Shell): void {
  const factor = program
    .command('factor')
    .description('your second factors: authenticator apps and WebAuthn');
  withProof(
    withConnection(
      factor.command('enrol').description('begin a factor; once there is one, with a proof by it'),
    ),
  )
    .addOption(
      new Option('--kind <kind>', 'an app that shows codes, or an authenticator')
        .choices(['totp', 'webauthn'])
        .default('totp'),
    )
    .requiredOption('--name <name>', 'what you call it, such as `my phone`')
    .action((options: EnrolOptions) => enrol(options, shell));
  withConnection(factor.command('confirm').description('make a begun factor count'))
    .argument('<id>', 'as `enrol` printed it')
    .option('--code <digits>', 'the code the app shows')
    .option('--answer <file>', 'what the page showed (`-`: standard input)')
    .action((id: string, options: ConfirmOptions) => confirm(id, options, shell));
  withConnection(factor.command('list').description('show your factors, without secrets'))
    .option('--person <person>', "as an admin: another person's (an address, or a key's name)")
    .action((options: ListOptions) => list(options, shell));
  withProof(
    withConnection(
      factor
        .command('remove')
        .description("remove a factor: your own with a proof, another person's as an admin"),
    ),
  )
    .argument('<id>', 'as `list` shows it')
    .option('--person <person>', 'whose it is, when it is not yours')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((id: string, options: RemoveOptions) => remove(id, options, shell));
}

async function enrol(options: EnrolOptions, shell: Shell): Promise<void> {
  const { kind, name } = options;
  const said = await postProved({ path: '/api/v1/factors', body: { kind, name } }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  const id = shown(said['id']);
  const next = `${shell.program} factor confirm ${id}`;
  if (kind === 'webauthn') {
    printLink('create', said['options'] ?? null, { options, shell });
    return shell.screen.note(`then, within five minutes: ${next} --answer <file>\n`);
  }
  shell.screen.note('give this to your authenticator app; it is shown once:\n');
  shell.screen.print(`${shown(said['uri'])}\n\nor type  ${shown(said['secret'])}`);
  shell.screen.note(`then, within ten minutes: ${next} --code <digits>\n`);
}

async function confirm(id: string, options: ConfirmOptions, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/factors/${step(id)}/confirm`, confirmationOf(options)),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${id} counts from now on (entry ${shown(said['index'])})`);
}

function confirmationOf({ code, answer }: ConfirmOptions): JsonObject {
  if (code !== undefined && answer === undefined) return { code };
  if (answer !== undefined && code === undefined) return { response: readAnswer(answer) };
  throw new Stop(
    'give the `--code` that the app shows, or `--answer` with what the page showed',
    '--code',
  );
}

async function list(options: ListOptions, shell: Shell): Promise<void> {
  const { person } = options;
  const query = person === undefined ? '' : `?person=${encodeURIComponent(person)}`;
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/factors${query}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    ...['id', 'kind', 'name'].map((name) => shown(row[name])),
    ...['addedAt', 'usedAt'].map((name) => shownTime(row[name])),
  ]);
  const none = `no factors yet: \`${shell.program} factor enrol --name <name>\``;
  shell.screen.print(renderRows(['id', 'kind', 'name', 'added', 'last used'], rows, none));
  const locked = said['lockedUntil'];
  if (typeof locked === 'number') {
    shell.screen.note(`too many codes were wrong: none is taken before ${shownTime(locked)}\n`);
  }
}

async function remove(id: string, options: RemoveOptions, shell: Shell): Promise<void> {
  const { person, reason } = options;
  const body = { reason, ...(person === undefined ? {} : { person }) };
  const path = `/api/v1/factors/${step(id)}/remove`;
  const said = await postProved({ path, body }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`removed ${id} (entry ${shown(said['index'])})`);
}
