import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AGENT_PREFIX, SYSTEM_PATH } from './launcher.ts';
import { type Handed, PORTS } from './listen-inside.ts';
import type { SandboxPlan } from './plan.ts';
import type { Machine } from './seccomp.ts';
import { setupScript } from './setup-script.ts';

/** How the agent's own program ended. */
export type Ended = { readonly code: number | null; readonly signal: string | null };

/** The ports an agent is told of, by what is behind them. */
export type PortNumbers = Readonly<Record<Handed['port'], number>>;

/** A sandbox whose agent has not begun. */
export type Sandbox = {
  /** The two ports of its loopback, served from outside. */
  readonly ports: Readonly<Record<Handed['port'], Server>>;
  /** Process 1 of the sandbox, as this machine counts. */
  readonly init: number;
  /** Lets the agent begin. */
  readonly go: () => void;
  /** Sends the agent's own program a signal. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends everything in it; resolves when nothing of it is left. */
  readonly kill: () => Promise<void>;
  /** Resolves when nothing of it is left, however it ended. */
  readonly ended: Promise<Ended>;
};

/** What becomes of the standard streams of the agent. */
export type Streams = 'inherit' | 'ignore';

/** Returns what of an agent's environment depends on where its ways out are. */
export type Pointers = (ports: PortNumbers) => Readonly<Record<string, string>>;

/** How a sandbox is set up. */
export type SetUp = {
  readonly machine: Machine;
  readonly streams: Streams;
  readonly pointers: Pointers;
};

const SETUP_MS = 20_000;
const SPACES = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child=KILL', '--net'];
const MORE_SPACES = ['--mount', '--ipc', '--uts', '--cgroup', '--propagation', 'private'];

/** Why a sandbox was not set up. What its programs said is on the standard error. */
export class SandboxError extends Error {}

/**
 * Sets a sandbox up. Its programs end with this one, also where this one is killed.
 *
 * Errors: `SandboxError`; nothing of it is left then.
 */
export async function setUpSandbox(
  plan: SandboxPlan,
  { machine, streams, pointers }: SetUp,
): Promise<Sandbox> {
  const root = mkdtempSync(join(tmpdir(), 'plumb-run-'));
  if (process.getuid?.() === 0) chownSync(root, plan.who.uid, plan.who.gid);
  const child = begin(plan, { root, machine, streams, pointers });
  const ended = endOf(child).then((how) => {
    rmSync(root, { recursive: true, force: true });
    return how;
  });
  try {
    const ports = await portsOf(child, ended);
    const init = firstChildOf(child.pid ?? 0);
    if (init === undefined) throw new SandboxError('its first process cannot be found in /proc');
    return {
      ports,
      init,
      go: () => {
        // One that was ended meanwhile hears nothing any more.
        child.send('go', () => undefined);
        if (child.connected) child.disconnect();
      },
      signal: (name) => void tell(firstChildOf(init) ?? init, name),
      kill: async () => {
        tell(init, 'SIGKILL');
        await ended;
      },
      ended,
    };
  } catch (cause) {
    child.kill('SIGKILL');
    await ended;
    throw cause;
  }
}

type Beginning = SetUp & { readonly root: string };

function begin(plan: SandboxPlan, { root, machine, streams, pointers }: Beginning): ChildProcess {
  const { who, command } = plan;
  const own = { ...plan.environment, ...pointers(PORTS) };
  const environment = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [`${AGENT_PREFIX}${name}`, value]),
  );
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const listener = fileURLToPath(new URL(`./listen-inside${extension}`, import.meta.url));
  const script = setupScript(plan, { root, node: process.execPath, listener, machine });
  const inside = ['sh', '-c', script, 'plumb-run', ...command];
  const isRoot = process.getuid?.() === 0;
  // What `unshare` itself says when its child is killed is noise to whoever reads the agent's.
  const sink = openSync('/dev/null', 'w');
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...SPACES, ...MORE_SPACES, '--', ...inside],
    {
      env: { ...environment, PATH: SYSTEM_PATH },
      // A session of its own: no job control of whoever started this, and no terminal to type into.
      detached: true,
      stdio: [streams, streams, 'ignore', 'ipc', streams === 'inherit' ? 2 : sink],
      ...(isRoot ? who : {}),
    },
  );
  closeSync(sink);
  return child;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function portsOf(
  child: ChildProcess,
  ended: Promise<Ended>,
): Promise<Record<Handed['port'], Server>> {
  const taken = new Map<string, Server>();
  const all = new Promise<Record<Handed['port'], Server>>((resolve) => {
    child.on('message', (message, handle) => {
      // The listener alone speaks here, and ends before the agent begins.
      const { port } = message as Handed;
      if (handle instanceof Server) taken.set(port, handle);
      const [proxy, gateway] = [taken.get('proxy'), taken.get('gateway')];
      if (proxy !== undefined && gateway !== undefined) resolve({ proxy, gateway });
    });
  });
  const timeout = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new SandboxError(`it was not set up within ${SETUP_MS} ms`)),
      SETUP_MS,
    );
    timeout.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const early = ended.then(({ code, signal }): never => {
    throw new SandboxError(`its set-up ended with ${code ?? signal ?? 'nothing'}`);
  });
  try {
    return await Promise.race([all, late, early]);
  } finally {
    timeout.abort();
    early.catch(() => undefined);
  }
}

/** Returns the first child of a process; undefined when it has none, or is gone. */
export function firstChildOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const first = Number(text.split(' ')[0]);
    return first > 0 ? first : undefined;
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** Sends a signal to a process, or to a group by its negative; false when it has ended. */
export function tell(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
