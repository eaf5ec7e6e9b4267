import ipaddr from 'ipaddr.js';

import type { Cut } from '../config/cuts.ts';

/** A name of `cuts`, and what it cuts. */
export type NamedCut = readonly [name: string, cut: Cut];

/** The table that is ours alone; nothing else of the machine's rules is touched. */
export const TABLE: string = 'inet plumbline';

// Before connections are tracked, so that those which stand are cut with every packet as well. The
// local end of a connection hears of it at once and ends it; what tells it that stays here.
const HOOKS = { outgoing: 'output', incoming: 'input', forwarded: 'forward' } as const;
const PRIORITY = -400;
const TOLD = {
  outgoing: ['    oifname "lo" tcp flags rst accept'],
  incoming: ['    iifname "lo" tcp flags rst accept'],
  forwarded: [],
} as const;

/**
 * Returns the commands that make our table of one network name space what it has to be, in one
 * transaction: all of it holds, or nothing of it changed. No cut: there is no table.
 *
 * Source: nft(8). JSON, the other form it takes, has no word for control groups in 1.0.6.
 */
export function tableOf(cuts: readonly NamedCut[], treeOfGroups: string): string {
  const cleared = `add table ${TABLE}\ndelete table ${TABLE}\n`;
  const own = cuts.map(([name, cut]) => [name.replaceAll('-', '_'), cut] as const);
  const sets = own.flatMap(([name, cut]) => setsOf(name, cut));
  const rules = own.flatMap(([name, cut]) => rulesOf(name, cut, treeOfGroups));
  if (rules.length === 0) return cleared;
  const chains = (['outgoing', 'incoming', 'forwarded'] as const).map((at) => {
    const lines = rules.filter((rule) => rule.at === at).map(({ text }) => `    ${text}`);
    return chainOf(at, 'accept', lines);
  });
  return `${cleared}table ${TABLE} {\n${[...sets, ...chains].join('\n')}\n}\n`;
}

/** Returns the commands that let nothing pass in a network name space, or everything again. */
export function closedTable(isClosed: boolean): string {
  const cleared = `add table ${TABLE}\ndelete table ${TABLE}\n`;
  if (!isClosed) return cleared;
  const reset = '    meta l4proto tcp reject with tcp reset';
  const chains = [
    chainOf('outgoing', 'drop', [reset]),
    chainOf('incoming', 'drop', []),
    chainOf('forwarded', 'drop', [reset]),
  ];
  return `${cleared}table ${TABLE} {\n${chains.join('\n')}\n}\n`;
}

function chainOf(
  at: keyof typeof HOOKS,
  policy: 'accept' | 'drop',
  lines: readonly string[],
): string {
  const head = `type filter hook ${HOOKS[at]} priority ${PRIORITY}; policy ${policy};`;
  return [`  chain ${at} {`, `    ${head}`, ...TOLD[at], ...lines, '  }'].join('\n');
}

function setsOf(name: string, { users, sources }: Cut): readonly string[] {
  const [four, six] = [sources.filter(isFour), sources.filter((each) => !isFour(each))];
  const set = (kind: string, type: string, all: readonly (string | number)[]): string[] => {
    if (all.length === 0) return [];
    const ranges = kind === 'users' ? '' : ' flags interval; auto-merge;';
    return [`  set ${name}_${kind} { type ${type};${ranges} elements = { ${all.join(', ')} }; }`];
  };
  return [
    ...set('users', 'uid', [...new Set(users)]),
    ...set('four', 'ipv4_addr', four),
    ...set('six', 'ipv6_addr', six),
  ];
}

function isFour(source: string): boolean {
  return ipaddr.IPv4.isValid(source.split('/')[0] ?? '');
}

type Rule = { readonly at: keyof typeof HOOKS; readonly text: string };

function rulesOf(name: string, { users, sources, cgroups }: Cut, tree: string): readonly Rule[] {
  const matches: (readonly [at: readonly Rule['at'][], match: string])[] = [];
  if (users.length > 0) matches.push([['outgoing'], `meta skuid @${name}_users`]);
  for (const path of cgroups) {
    const level = path.split('/').length;
    matches.push([['outgoing', 'incoming'], `socket cgroupv2 level ${level} "${tree}${path}"`]);
  }
  const families = [
    ['ip', 'four', sources.some(isFour)],
    ['ip6', 'six', sources.some((each) => !isFour(each))],
  ] as const;
  for (const [word, kind, isThere] of families) {
    for (const end of isThere ? ['saddr', 'daddr'] : []) {
      matches.push([['outgoing', 'incoming', 'forwarded'], `${word} ${end} @${name}_${kind}`]);
    }
  }
  return matches.flatMap(([hooks, match]) =>
    hooks.flatMap((at) => [
      ...(at === 'incoming'
        ? []
        : [{ at, text: `${match} meta l4proto tcp reject with tcp reset` }]),
      { at, text: `${match} drop` },
    ]),
  );
}
