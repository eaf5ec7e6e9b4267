import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** Two network name spaces of their own with a cable between them. */
export type NetScene = {
  /** Where an agent is; as `ip netns` calls it. */
  readonly agent: string;
  /** The words that run something in it. */
  readonly inside: readonly string[];
  /** Holds a connection from it to the other end, and sends on it again and again. */
  readonly hold: (before?: readonly string[]) => Promise<Held>;
  /** Whether a fresh connection reaches the other end. */
  readonly reaches: (before?: readonly string[]) => boolean;
};

/** A held connection: what became of it, once it has ended. */
export type Held = { readonly child: ChildProcess; readonly ended: Promise<string> };

const FAR = '10.213.7.1';
/** The address of the agent. */
export const NEAR: string = '10.213.7.2';
const PORT = 4_000;

const SERVE = `use Socket; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
bind(S, pack_sockaddr_in(${PORT}, INADDR_ANY)) or die; listen(S, 64); $| = 1; print "ready\\n";
my @held; while (accept(my $c, S)) { push @held, $c; syswrite $c, "hello" }`;
const CALL = `use Socket; alarm 2; socket(S, PF_INET, SOCK_STREAM, 0);
connect(S, pack_sockaddr_in(${PORT}, inet_aton("${FAR}"))) or exit 1; sysread(S, my $x, 5) or exit 1;`;
const HOLD = `${CALL} alarm 0; $| = 1; $SIG{PIPE} = "IGNORE"; print "held\\n";
while (syswrite S, "more") { select undef, undef, undef, 0.01 } print "$!\\n";`;

/**
 * Returns them, with what they take installed where that can be done. Elsewhere the test is
 * skipped and says so, and fails in continuous integration.
 */
export async function netScene(t: TestContext): Promise<NetScene | null> {
  const why = whyNot();
  if (why !== null) {
    if (process.env['CI'] !== undefined) throw new Error(why);
    t.skip(`${why}: NOT TESTED`);
    return null;
  }
  const [agent, far] = [`plumb-a${process.pid}`, `plumb-f${process.pid}`];
  const ip = (...args: string[]): unknown => execFileSync('ip', args, { stdio: 'pipe' });
  t.after(() => {
    for (const each of [agent, far]) spawnSync('ip', ['netns', 'delete', each]);
  });
  for (const each of [agent, far]) ip('netns', 'add', each);
  ip('-n', agent, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', far);
  for (const [space, address] of [
    [agent, NEAR],
    [far, FAR],
  ] as const) {
    ip('-n', space, 'address', 'add', `${address}/30`, 'dev', 'cable');
    for (const link of ['lo', 'cable']) ip('-n', space, 'link', 'set', link, 'up');
  }
  const inside = ['nsenter', `--net=/run/netns/${agent}`, '--'];
  const server = start(t, ['nsenter', `--net=/run/netns/${far}`, '--', 'perl', '-e', SERVE]);
  await once(server.stdout ?? server, 'data');
  const told = (before: readonly string[], script: string): readonly string[] => {
    return [...inside, ...before, 'perl', '-e', script];
  };
  return {
    agent,
    inside,
    hold: async (before = []) => {
      const child = start(t, told(before, HOLD));
      const lines: string[] = [];
      child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
      await once(child.stdout ?? child, 'data');
      const ended = once(child, 'exit').then(() => lines.join('').replace('held\n', '').trim());
      return { child, ended };
    },
    reaches: (before = []) => {
      const [program = '', ...args] = told(before, CALL);
      return spawnSync(program, args).status === 0;
    },
  };
}

function start(t: TestContext, [program = '', ...args]: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

function whyNot(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'network name spaces take root on Linux';
  }
  const isThere = (): boolean =>
    spawnSync('sh', ['-c', 'command -v nft && command -v ip']).status === 0;
  if (isThere()) return null;
  const install = ['install', '-y', '--no-install-recommends', 'nftables', 'iproute2'];
  spawnSync('apt-get', install, { timeout: 300_000 });
  return isThere() ? null : '`nft` and `ip` are missing and cannot be installed';
}
