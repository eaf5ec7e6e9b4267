import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

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
  const commands = texts.flatMap((text) => commandsIn(client, text));
  const [command] = commands;
  if (command === undefined) {
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
  const ran = spawnSync('/bin/sh', ['-c', command], {
    input: JSON.stringify(told),
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  const ms = Math.round(shell.nowMs() - startedAt);
  if (ran.error !== undefined) throw new Stop(`cannot be started: ${ran.error.message}`, '/bin/sh');
  const isLetThrough = ran.status === 0 && !isRefusal(ran.stdout);
  if (!isLetThrough) shell.exit(EXIT.no);
  const said = { tool, args, isLetThrough, exit: ran.status, out: ran.stdout, err: ran.stderr, ms };
  if (options.json === true) return shell.screen.json(said);
  const words = `${ran.stdout}${ran.stderr}`.trim();
  const what = isLetThrough ? 'let through' : 'refused';
  const how = `exit code ${ran.status ?? 'none'}, in ${ms} ms`;
  shell.screen.print(`${tool} ${JSON.stringify(args)} is ${what}, ${how}\n${words}`);
}

// A refusal may be an answer as well as an exit code.
function isRefusal(text: string): boolean {
  const { continue: goesOn, decision, hookSpecificOutput: own = null } = parsed(text);
  const isDenied = isJsonObject(own) && own['permissionDecision'] === 'deny';
  return goesOn === false || decision === 'deny' || isDenied;
}

function parsed(text: string): JsonObject {
  try {
    // What `JSON.parse` returns is JSON.
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The command lines of a client's file that run before a tool, as they are written there. */
function commandsIn(client: Client, text: string): readonly string[] {
  const [event] = client.events.find(([, moment]) => moment === 'before') ?? [''];
  return Array.from(text.matchAll(/"command":\s*("(?:[^"\\]|\\.)*")/g), ([, quoted = '""']) => {
    // The pattern lets a string of JSON through and nothing else.
    return JSON.parse(quoted) as string;
  }).filter((line) => line.includes('/plumb-hook') && line.includes(`'${event}'`));
}
