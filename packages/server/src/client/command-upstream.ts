import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { LineStream } from '../pep/mcp/line-stream.ts';
import type { OpenUpstream } from '../pep/mcp/upstream.ts';

/** A server that is started by a command and speaks over its standard streams. */
export type Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The longest message that is read, in bytes. */
  readonly messageBytes: number;
  /** Where it is started; here where nothing is said. */
  readonly folder?: string;
};

const END_MS = 2_000;
/** So much that a server was told and has not read ends it. */
export const MOST_UNREAD: number = 64 * 1024 * 1024;
const LINE_FEED = Buffer.from('\n');

/**
 * Returns the environment of a server: without what configures Plumbline, its keys above all, which
 * is none of the server's business.
 */
export function serverEnvironment(
  own: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !/^plumbline_/i.test(name)));
}

/** Returns what starts a server as a child, in a process group of its own. */
export function commandUpstream({
  command,
  args,
  environment,
  messageBytes,
  folder,
}: Command): OpenUpstream {
  return ({ line, tooLong, gone }) => {
    const child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...environment },
      cwd: folder,
      detached: true,
    });
    const exit = new Promise<void>((resolve) => {
      child.on('error', (cause) => {
        gone(cause.message);
        resolve();
      });
      child.on('close', (code, signal) => {
        gone(String(signal ?? code));
        resolve();
      });
    });
    const lines = new LineStream(messageBytes, { line, tooLong });
    child.stdout.on('data', (chunk: Buffer) => lines.take(chunk));
    child.stdin.on('error', () => undefined);
    return {
      send: (bytes) => {
        // Whoever does not read what it is told, however much it says itself, is ended.
        if (child.stdin.writableLength > MOST_UNREAD) signalGroup(child.pid ?? 0, 'SIGKILL');
        else if (child.stdin.writable) child.stdin.write(Buffer.concat([bytes, LINE_FEED]));
      },
      close: async () => {
        child.stdin.end();
        await endGroup(child, exit);
      },
    };
  };
}

/** What a server started ends with it: it is asked first, and made to then. */
export async function endGroup(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null) await Promise.race([exit, sleep(END_MS)]);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!signalGroup(pid, signal)) return;
    await Promise.race([exit, sleep(END_MS)]);
    await sleep(signal === 'SIGTERM' ? 200 : 0);
  }
}

/** Signals a group; false when it has ended already. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  if (pid <= 1) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // Whoever is gone, or is not ours any more, needs no signal.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
