import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../../..');
const cli = join(root, 'packages/cli/src/main.ts');
const feed = join(root, 'tools/demonstration/feed-main.ts');
const SOURCE = '--conditions=plumbline-source';
const run = promisify(execFile);

/** A daemon of a test's own, on a scratch data directory. */
export type TestDaemon = {
  /** `http://127.0.0.1:<port>`; the same after a restart. */
  readonly url: string;
  readonly adminKey: string;
  /** Runs `plumb` against the daemon and returns what it printed. */
  readonly plumb: (...args: readonly string[]) => Promise<string>;
  /** Asks the API as the first admin. */
  readonly ask: (method: string, path: string, body?: object) => Promise<unknown>;
  /** Feeds the recorded runs: the agents banking, slack, travel and workspace with sessions. */
  readonly feed: () => Promise<void>;
  readonly down: () => Promise<void>;
  /** Starts it again, with more settings where they are given. */
  readonly up: (more?: Readonly<Record<string, string>>) => Promise<void>;
  /** Ends it and deletes its data. */
  readonly close: () => Promise<void>;
};

/** Starts a daemon. `settings` are those of its configuration, by path. */
export async function startTestDaemon(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDaemon> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-console-'));
  const environment = ownEnvironment(folder);
  let port = '0';
  let child: ChildProcess | null = null;
  const up = async (more: Readonly<Record<string, string>> = {}): Promise<Started> => {
    const wanted = { ...settings, ...more, 'listen.http': `127.0.0.1:${port}` };
    const [spawned, started] = await startUp(environment, wanted);
    child = spawned;
    port = new URL(started.url).port;
    return started;
  };
  const down = async (): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null) return;
    const ended = new Promise((resolve) => ending.once('close', resolve));
    ending.kill('SIGTERM');
    await ended;
  };
  const { url, adminKey, socket } = await up();
  return {
    url,
    adminKey,
    plumb: async (...args) => {
      const given = [SOURCE, cli, ...args];
      return (await run(process.execPath, given, { env: environment })).stdout;
    },
    ask: (method, path, body) => askDaemon({ url, adminKey, method, path, body }),
    feed: async () => void (await run(process.execPath, [SOURCE, feed, socket])),
    down,
    up: async (more) => void (await up(more)),
    close: async () => {
      await down();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Started = { readonly url: string; readonly adminKey: string; readonly socket: string };

function ownEnvironment(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PLUMBLINE_'));
  return {
    ...Object.fromEntries(kept),
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PLUMBLINE_DATA: join(folder, 'd'),
    PLUMBLINE_DISK_WARN_BYTES: '0',
    PLUMBLINE_DISK_REFUSE_BYTES: '0',
  };
}

async function startUp(
  environment: NodeJS.ProcessEnv,
  settings: Readonly<Record<string, string>>,
): Promise<readonly [ChildProcess, Started]> {
  const set = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const child = spawn(process.execPath, [SOURCE, cli, 'up', '--json', ...set], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const line of createInterface(child.stdout)) {
    text += line;
    const started = parseStart(text);
    if (started !== null) return [child, started];
  }
  throw new Error(`the daemon ended before it said where it is: ${text}`);
}

function parseStart(text: string): Started | null {
  try {
    const said: unknown = JSON.parse(text);
    const member = (of: unknown, name: string): unknown => Reflect.get(Object(of), name);
    const adminKey = member(member(said, 'bootstrap'), 'adminKey');
    return {
      url: String(member(said, 'url')),
      adminKey: String(adminKey),
      socket: String(member(said, 'socket')),
    };
  } catch {
    return null;
  }
}

async function askDaemon({
  url,
  adminKey,
  method,
  path,
  body,
}: {
  readonly url: string;
  readonly adminKey: string;
  readonly method: string;
  readonly path: string;
  readonly body: object | undefined;
}): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
  return said;
}
