import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { DaemonClient } from '../src/client/daemon-client.ts';
import { parseNetwork } from '../src/egress/address.ts';
import { parseAllowed } from '../src/egress/allow-list.ts';
import { sandboxMachine } from '../src/supervisor/sandbox/needs.ts';
import type { Limits, Who } from '../src/supervisor/sandbox/plan.ts';
import type { Machine } from '../src/supervisor/sandbox/seccomp.ts';
import { supervise, type Supervised } from '../src/supervisor/supervise.ts';
import { post } from './ask-daemon.ts';
import { SUPPORT_PACT } from './guard-pact.ts';

const NOBODY: Who = { uid: 65_534, gid: 65_534 };

/** Whom agents run as in tests: whoever runs them, or nobody in place of root. */
export const AGENT_USER: Who = process.getuid?.() === 0 ? NOBODY : userInfo();

/** Bounds that no test reaches by itself. */
export const ROOMY: Limits = {
  memoryBytes: 2 ** 30,
  processes: 200,
  cpuMs: null,
  timeMs: null,
  busyMs: null,
  idleMs: null,
};

/**
 * Returns an agent whose children leave their parent and session, ignore every signal that can be
 * ignored, and each hold a connection to a host. It writes `ready` once all of them do.
 */
export function hostileAgent(host: string): readonly string[] {
  const hide = [
    'use Socket; use POSIX; $SIG{$_} = "IGNORE" for qw(TERM HUP INT QUIT);',
    'for (1 .. 3) { fork and next; POSIX::setsid(); fork and exit;',
    'socket(S, PF_INET, SOCK_STREAM, 0);',
    'connect(S, pack_sockaddr_in(3128, inet_aton("127.0.0.1"))) or die;',
    String.raw`syswrite(S, "CONNECT $ARGV[0] HTTP/1.1\r\n\r\n"); sysread(S, my $said, 512);`,
    'open(F, ">", "held-$_"); close F; sleep 1000 while 1 }',
  ].join('\n');
  const agent = [
    'trap "" TERM INT HUP QUIT',
    'perl -e "$0" "$1"',
    'while [ ! -e held-1 ] || [ ! -e held-2 ] || [ ! -e held-3 ]; do sleep 0.01; done',
    'touch ready; while :; do sleep 1000; done',
  ].join('\n');
  return ['sh', '-c', agent, hide, host];
}

/**
 * Returns the processor where sandboxes can be made. Elsewhere the test is skipped and says so,
 * and fails in continuous integration.
 */
export function machineFor(t: TestContext): Machine | null {
  const found = sandboxMachine();
  if ('machine' in found) return found.machine;
  if (process.env['CI'] !== undefined) throw new Error(found.why);
  t.skip(`${found.why}: NOT TESTED`);
  return null;
}

/** Returns a folder that the agent may write; whoever asked for it removes it. */
export function workFolder(): string {
  const work = mkdtempSync(join(tmpdir(), 'plumb-work-'));
  if (process.getuid?.() === 0) chownSync(work, AGENT_USER.uid, AGENT_USER.gid);
  return work;
}

/** The same, which goes with its test. */
export function workFor(t: TestContext): string {
  const work = workFolder();
  t.after(() => rmSync(work, { recursive: true, force: true }));
  return work;
}

/** Adds the agent `support` and arms its pact. */
export async function armSupport(client: DaemonClient): Promise<void> {
  await post(client, 'agents', { agent: 'support' });
  const pact = { entry: 'a.yaml', files: { 'a.yaml': SUPPORT_PACT }, mode: 'publish', reason: 'x' };
  await post(client, 'agents/support/pacts', pact);
}

/** What a test starts. */
export type Starting = {
  readonly socket: string;
  readonly machine: Machine | null;
  readonly work: string;
  readonly command: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly hosts?: readonly string[];
  readonly networks?: readonly string[];
  readonly resolve?: (name: string) => Promise<readonly string[]>;
};

/** Starts a supervised agent that must start. */
export async function startAgent(starting: Starting): Promise<Supervised> {
  const { socket, machine, work, command, limits = {}, hosts = [], resolve } = starting;
  const networks = (starting.networks ?? []).flatMap((text) => parseNetwork(text) ?? []);
  const asked = { agent: 'support', principal: 'ada', task: null, room: null };
  const allowed = hosts.map(parseAllowed).filter((host) => typeof host !== 'string');
  const started = await supervise({
    socket,
    session: { ...asked, attributes: { customer_id: 'c-1' } },
    plan: {
      command,
      who: AGENT_USER,
      folders: { work, read: [], write: [], home: null },
      limits: { ...ROOMY, ...limits },
      environment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/home/agent' },
    },
    reach: { hosts: allowed, networks, ...(resolve === undefined ? {} : { resolve }) },
    hosts,
    machine,
    streams: 'ignore',
  });
  if (started.ok) return started.value;
  throw new Error(`${started.code}: ${started.message}`);
}
