import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import { loadServer } from '../daemon/load-server.ts';
import { objectIn } from '../daemon/object-option.ts';
import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Client, placesOf, textOf } from './hook-place.ts';

/** What is given when the hooks of a client are tried out. */
export type TrialOptions = {
  readonly tool?: string;
  readonly args?: string;
  readonly json?: boolean;
};

const TIMEOUT_MS = 600_000;

/**
 * Runs the command that is installed before a tool, as the client would, and shows what it says.
 * The call is decided and recorded as any other, in a conversation of its own.
 */
export async function tryHook(client: Client, options: TrialOptions, shell: Shell): Promise<void> {
  const server = await loadServer();
  const texts = placesOf(server, client, shell).map(({ path }) => textOf(server, path) ?? '');
  const [hook] = texts.flatMap((text) => hooksBefore(client, text));
  if (hook === undefined) {
    throw new Stop(`is not installed: \`${shell.program} hook ${client.id} install\``, client.id);
  }
  const [event] = client.events.find(([, moment]) => moment === 'before') ?? [''];
  const tool = options.tool ?? client.sample.tool;
  const args = options.args === undefined ? client.sample.args : objectIn(options.args, '--args');
  const id = `plumb-test-${randomUUID()}`;
  const told = {
    ...(client.id === 'cursor' ? { conversation_id: id } : { session_id: id }),
    hook_event_name: event,
    tool_name: tool,
    tool_input: args,
    tool_use_id: id,
  };
  const startedAt = shell.nowMs();
  const isHttp = /^https?:/.test(hook);
  const body = JSON.stringify(told);
  const ran = isHttp
    ? await asked(hook, { body, variable: server.HOOK_KEY }, shell)
    : run(hook, body);
  const ms = Math.round(shell.nowMs() - startedAt);
  const isLetThrough = ran.exit === 0 && !isRefusal(ran.out);
  if (!isLetThrough) shell.exit(EXIT.no);
  const said = { tool, args, isLetThrough, ...ran, ms };
  if (options.json === true) return shell.screen.json(said);
  const words = `${ran.out}${ran.err}`.trim();
  const what = isLetThrough ? 'let through' : 'refused';
  const how = isHttp ? `over HTTP, in ${ms} ms` : `exit code ${ran.exit ?? 'none'}, in ${ms} ms`;
  shell.screen.print(`${tool} ${JSON.stringify(args)} is ${what}, ${how}\n${words}`);
}

type Ran = { readonly exit: number | null; readonly out: string; readonly err: string };

function run(command: string, body: string): Ran {
  const told = { input: body, encoding: 'utf8', timeout: TIMEOUT_MS } as const;
  const { error, status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], told);
  if (error !== undefined) throw new Stop(`cannot be started: ${error.message}`, '/bin/sh');
  return { exit: status, out: stdout, err: stderr };
}

async function asked(
  url: string,
  { body, variable }: { readonly body: string; readonly variable: string },
  { environment }: Shell,
): Promise<Ran> {
  const key = environment[variable];
  if (key === undefined) throw new Stop('is not set, so every call is refused', variable);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  try {
    const answer = await fetch(url, { method: 'POST', body, headers });
    const text = await answer.text();
    return answer.ok ? { exit: 0, out: text, err: '' } : { exit: 2, out: '', err: text };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { exit: 2, out: '', err: `the daemon does not answer (${why})` };
  }
}

// A refusal may be an answer as well as an exit code.
function isRefusal(text: string): boolean {
  const { continue: goesOn, decision, hookSpecificOutput: own = null } = parsed(text);
  const isDenied = isJsonObject(own) && own['permissionDecision'] === 'deny';
  return goesOn === false || decision === 'deny' || isDenied;
}

function parsed(text: string): JsonObject {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : {};
}

/** The command lines and addresses of a client's file that are asked before a tool. */
function hooksBefore(client: Client, text: string): readonly string[] {
  const [event = ''] = client.events.find(([, moment]) => moment === 'before') ?? [];
  return Array.from(
    text.matchAll(/"(?:command|url)":\s*("(?:[^"\\]|\\.)*")/g),
    ([, quoted = '""']) => {
      // The pattern lets a string of JSON through and nothing else.
      return JSON.parse(quoted) as string;
    },
  ).filter(
    (line) =>
      line.includes(`/plumb-hook' '${client.id}' '${event}'`) ||
      line.includes(`/hooks/${client.id}/${event}?`),
  );
}
