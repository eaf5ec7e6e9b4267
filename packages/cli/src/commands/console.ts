import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import {
  type Connection,
  readConfig,
  shown,
  shownTime,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { loadServer } from '../daemon/load-server.ts';
import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = Connection & { readonly person?: string; readonly open?: boolean };

const HELP = `
The link signs one person in, once, and is good for ten minutes. On the machine itself it may be
anybody's who has a key; with --url it is for the person whose key is given. Whoever has second
factors is asked for one.
`;

/** Adds `plumb console`: prints a link that signs a person in at the console. */
export function addConsole(program: Command, shell: Shell): void {
  withConnection(program.command('console').description('sign in at the console: prints a link'))
    .option('--person <name>', 'whose link it is (default: the one admin there is)')
    .option('--open', 'open it in the browser')
    .addHelpText('after', HELP)
    .action((options: Options) => makeLink(options, shell));
}

async function makeLink(options: Options, shell: Shell): Promise<void> {
  const { person, json, open } = options;
  const body = person === undefined ? {} : { person };
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/console/links', body),
  );
  const link = `${await addressOf(options, shell)}${shown(said['path'])}`;
  if (open === true) await openInBrowser(link);
  if (json === true) return shell.screen.json(linkJson(said, link));
  shell.screen.note(
    `signs ${shown(said['person'])} in, once, until ${shownTime(said['expiresAtMs'])}:\n`,
  );
  shell.screen.print(link);
}

function linkJson({ person = null, expiresAtMs = null }: JsonObject, link: string): JsonObject {
  return { link, person, expiresAtMs };
}

async function addressOf(options: Options, shell: Shell): Promise<string> {
  const url = options.url ?? shell.environment['PLUMBLINE_URL'];
  if (url !== undefined) return new URL(url).origin;
  const server = await loadServer();
  const config = readConfig(server, options, shell);
  const address = server.readHolder(server.placesOf(config.data))?.url ?? null;
  if (address !== null) return address;
  const next = 'start it with `--listen 127.0.0.1:7411`';
  throw new Stop(`the daemon listens on its socket alone: ${next}`, '--listen', EXIT.no);
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  linux: 'xdg-open',
};

async function openInBrowser(link: string): Promise<void> {
  const opener = OPENERS[process.platform];
  if (opener === undefined) throw new Stop('not known how on this system', '--open', EXIT.no);
  const opened = await new Promise<boolean>((resolve) => {
    const child = spawn(opener, [link], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
  if (!opened) throw new Stop(`there is no \`${opener}\`: leave it out`, '--open', EXIT.no);
}
