import { execFileSync } from 'node:child_process';

/** A network name space of its own, joined to this machine by one wire that can be cut. */
export type CutNetwork = {
  /** The address of this machine at the wire. */
  readonly host: string;
  /** What a command is started with to run inside. */
  readonly inside: readonly string[];
  readonly cut: () => void;
  readonly join: () => void;
  readonly remove: () => void;
};

const run = (...args: readonly string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** Returns why there can be no such network here, or null. */
export function whyNoNetwork(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root and Linux';
  try {
    run('netns', 'list');
    return null;
  } catch (cause) {
    return `needs iproute2 and name spaces (${cause instanceof Error ? cause.message : ''})`;
  }
}

/** Makes a network name space and its wire. */
export function makeCutNetwork(): CutNetwork {
  const name = `plumb${process.pid}`;
  const [outer, inner] = [`po${process.pid}`, `pi${process.pid}`];
  const net = process.pid % 250;
  const [host, guest] = [`10.203.${net}.1`, `10.203.${net}.2`];
  run('netns', 'add', name);
  run('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
  run('address', 'add', `${host}/24`, 'dev', outer);
  run('link', 'set', outer, 'up');
  run('netns', 'exec', name, 'ip', 'address', 'add', `${guest}/24`, 'dev', inner);
  run('netns', 'exec', name, 'ip', 'link', 'set', inner, 'up');
  run('netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up');
  return {
    host,
    inside: ['ip', 'netns', 'exec', name],
    cut: () => run('link', 'set', outer, 'down'),
    join: () => run('link', 'set', outer, 'up'),
    remove: () => {
      run('netns', 'delete', name);
    },
  };
}
