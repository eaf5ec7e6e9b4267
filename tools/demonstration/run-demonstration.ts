import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { feedRuns } from './feed.ts';
import { freePort } from './free-port.ts';

const plumb = fileURLToPath(import.meta.resolve('@plumbline/cli/source/main'));

export type Demonstration = {
  /** The port the console is wanted on; another one where it is taken. */
  readonly port: number;
  readonly say: (line: string) => void;
  /** Ends the demonstration when it comes true. */
  readonly until: Promise<unknown>;
};

/**
 * Runs a daemon on a scratch data directory, feeds it the recorded runs, says where its console is,
 * and goes on until it is told to end. Nothing of it is left behind. Returns the exit code.
 */
export async function runDemonstration({ port, say, until }: Demonstration): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-demonstration-'));
  const daemon = startDaemon(folder, await freePort(port));
  const ended = new Promise<number>((resolve) => {
    daemon.once('close', (code) => resolve(code ?? 1));
  });
  try {
    const started = await Promise.race([readStart(daemon), ended.then(() => null)]);
    if (started === null) return 1;
    say('\nRecording these runs in a daemon of their own …');
    const fed = await Promise.race([feedRuns(started.socket), until.then(() => null)]);
    if (fed === null) return 0;
    say(greeting(started.link, fed, folder));
    return await Promise.race([until.then(() => 0), ended]);
  } finally {
    daemon.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function startDaemon(folder: string, port: number): ChildProcess {
  const settings = [
    `data=${join(folder, 'data')}`,
    `rootKey=${join(folder, 'root.key')}`,
    `listen.http=127.0.0.1:${port}`,
  ];
  const set = settings.flatMap((setting) => ['--set', setting]);
  const args = ['--conditions=plumbline-source', plumb, 'up', '--json', ...set];
  // A terminal's Ctrl-C reaches every process of its group; this one is ended by its parent.
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: withoutSettings(process.env),
  });
}

/** What a person configured for their own daemon is no business of this one. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('PLUMBLINE_'));
  return Object.fromEntries(kept);
}

async function readStart(daemon: ChildProcess): Promise<{ socket: string; link: string }> {
  if (daemon.stdout === null) throw new Error('the daemon was started without its output');
  let text = '';
  for await (const line of createInterface(daemon.stdout)) {
    text += line;
    const started = parsed(text);
    if (started !== null) return started;
  }
  throw new Error('the daemon ended before it said where it is');
}

function parsed(text: string): { socket: string; link: string } | null {
  try {
    const started: unknown = JSON.parse(text);
    const bootstrap: unknown = Reflect.get(Object(started), 'bootstrap');
    const socket: unknown = Reflect.get(Object(started), 'socket');
    const link: unknown = Reflect.get(Object(bootstrap), 'consoleLink');
    return { socket: String(socket), link: String(link) };
  } catch {
    return null;
  }
}

function greeting(
  link: string,
  {
    runs,
    calls,
    refused,
  }: { readonly runs: number; readonly calls: number; readonly refused: number },
  folder: string,
): string {
  return `
The console, with these ${runs} runs as sessions (${calls} calls, ${refused} of them refused):

  ${link}

First under *Refused lately* stands an attack that was stopped: press it for why, its entry for
the proof. The link signs you in, once, within ten minutes. Another one:
  npm run plumb -- console --data ${join(folder, 'data')}

Ctrl-C ends the demonstration and deletes all it recorded.`;
}
