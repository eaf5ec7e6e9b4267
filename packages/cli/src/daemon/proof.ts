import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import { readText } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Connection, type Daemon, withDaemon } from './connection.ts';

/** The options of every command that takes a proof of a second factor. */
export type ProofOptions = Connection & {
  readonly code?: string;
  readonly challenge?: boolean;
  readonly answer?: string;
};

/** Adds to a command the options that prove a second factor. */
export function withProof(command: Command): Command {
  return command
    .option('--code <digits>', 'the code your authenticator app shows')
    .option('--challenge', 'only print the page where your WebAuthn authenticator answers')
    .option('--answer <file>', 'what that page showed (`-`: standard input)');
}

/** A request that a proof goes with. */
export type Proved = { readonly path: string; readonly body: JsonObject };

/**
 * Sends a request with the proof that was given, or returns null when only a challenge for it was
 * asked for and its page was printed.
 *
 * Errors: `Stop` with what the daemon answered.
 */
export async function postProved(
  { path, body }: Proved,
  options: ProofOptions,
  shell: Shell,
): Promise<JsonObject | null> {
  return withDaemon({ connection: options, shell }, async (daemon) => {
    if (options.challenge === true) {
      await printPage(daemon, { path, body }, { options, shell });
      return null;
    }
    const proof = proofOf(options);
    return daemon.post(path, proof === null ? body : { ...body, proof });
  });
}

function proofOf({ code, answer }: ProofOptions): JsonObject | null {
  if (code !== undefined && answer !== undefined) {
    throw new Stop('give `--code` or `--answer`, not both', '--answer');
  }
  if (code !== undefined) {
    if (/^[0-9]{6}$/.test(code)) return { factor: 'totp', code };
    throw new Stop(`\`${code}\` is no code: it has six digits`, '--code');
  }
  return answer === undefined ? null : { factor: 'webauthn', response: readAnswer(answer) };
}

/** Returns what the page of an authenticator showed. Errors: `Stop`. */
export function readAnswer(file: string): JsonObject {
  const text = readText(file);
  const said = parsedJson(text);
  if (isJsonObject(said)) return said;
  throw new Stop('holds no answer: copy the whole line that the page showed', file);
}

async function printPage(
  { post }: Daemon,
  request: Proved,
  { options, shell }: { readonly options: ProofOptions; readonly shell: Shell },
): Promise<void> {
  const said = await post('/api/v1/factors/challenges', { ...request });
  if (options.json === true) return shell.screen.json(said);
  const given = { options, shell };
  printLink('get', said['options'] ?? null, given);
  shell.screen.note('then repeat this command with `--answer <file>` in its place\n');
}

/** Prints the page that asks an authenticator; what it asks stands behind the `#`. */
export function printLink(
  verb: 'create' | 'get',
  asked: Json,
  { options, shell }: { readonly options: Connection; readonly shell: Shell },
): void {
  const base = options.url ?? shell.environment['PLUMBLINE_URL'] ?? '<the address of the daemon>';
  const packed = Buffer.from(JSON.stringify(asked)).toString('base64url');
  shell.screen.note('open this page, touch your authenticator, and keep what the page shows:\n');
  shell.screen.print(`${base.replace(/\/$/, '')}/webauthn#${verb}=${packed}`);
}
