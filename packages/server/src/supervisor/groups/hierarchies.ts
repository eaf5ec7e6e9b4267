/** One tree of control groups, and where this program stands in it. */
export type Hierarchy = {
  /** The second version has one tree for all controllers, the first one for some of them each. */
  readonly version: 1 | 2;
  /** Of the first version alone: `memory`, `pids`, … */
  readonly controllers: readonly string[];
  /** The folder of the group this program is in. */
  readonly folder: string;
};

/**
 * Returns the trees of control groups that can be seen, from the texts of `/proc/self/mountinfo`
 * and `/proc/self/cgroup`. Source: proc(5), cgroups(7).
 */
export function hierarchiesIn(mountinfo: string, cgroup: string): readonly Hierarchy[] {
  const standing = cgroup.split('\n').flatMap(readStanding);
  return mountinfo.split('\n').flatMap((line) => {
    const mount = readMount(line);
    if (mount === null) return [];
    const { version, controllers } = mount;
    const own = standing.find((each) => {
      return version === 2
        ? each.controllers.length === 0
        : controllers.some((name) => each.controllers.includes(name));
    });
    const below = own === undefined ? null : pathBelow(mount.root, own.path);
    return below === null ? [] : [{ version, controllers, folder: `${mount.at}${below}` }];
  });
}

type Mount = Omit<Hierarchy, 'folder'> & { readonly root: string; readonly at: string };

function readMount(line: string): Mount | null {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', at = ''] = before.split(' ');
  const [kind, , options = ''] = after.split(' ');
  if (kind !== 'cgroup' && kind !== 'cgroup2') return null;
  const controllers = options.split(',').filter((name) => KNOWN.includes(name));
  if (kind === 'cgroup' && controllers.length === 0) return null;
  const version = kind === 'cgroup2' ? 2 : 1;
  return { version, controllers: version === 2 ? [] : controllers, root, at };
}

const KNOWN: readonly string[] = ['memory', 'pids', 'cpuacct', 'freezer'];

function readStanding(
  line: string,
): readonly { readonly controllers: readonly string[]; readonly path: string }[] {
  const parts = /^\d+:(?<names>[^:]*):(?<path>\/.*)$/.exec(line)?.groups;
  if (parts === undefined) return [];
  const controllers = (parts['names'] ?? '').split(',').filter(Boolean);
  return [{ controllers, path: parts['path'] ?? '/' }];
}

/** What is outside of what is mounted cannot be reached by it. */
function pathBelow(root: string, path: string): string | null {
  if (root === '/') return path === '/' ? '' : path;
  if (path === root) return '';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}
