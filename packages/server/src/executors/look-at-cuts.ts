import type { Config } from '../config/config.ts';
import { groupsOfMachine, hasSpace, runNft } from './run-nft.ts';

/** What was looked at; `next` says what to do about it. */
type Looked = {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
  readonly next: string | null;
};

const NEEDS = 'install nftables, and run the daemon as root or with CAP_NET_ADMIN';

/** Looks at whether each cut could be made: that is better known before it is needed. */
export function looksAtCuts({
  cuts,
}: Pick<Config, 'cuts'>): readonly [string, () => Promise<Looked>][] {
  const run = runNft();
  const { tree, has } = groupsOfMachine();
  return Object.entries(cuts).map(([name, { namespaces, cgroups }]) => {
    const what = `cut ${name}`;
    const look = async (): Promise<Looked> => {
      const missing = namespaces.find((space) => !hasSpace(space));
      if (missing !== undefined) {
        const next = `make it, or mend \`cuts.${name}.namespaces\``;
        return { what, state: 'warn', says: `there is no name space \`${missing}\` now`, next };
      }
      for (const space of [null, ...namespaces]) {
        const listed = await run('list tables', space);
        if (listed.state === 'failed')
          return { what, state: 'fail', says: listed.why, next: NEEDS };
      }
      const gone = cgroups.find((path) => !has(path));
      if (gone === undefined) {
        return { what, state: 'ok', says: 'the rules of the machine can be read', next: null };
      }
      const next = `start it, or mend \`cuts.${name}.cgroups\``;
      return {
        what,
        state: 'warn',
        says: `there is no control group \`${tree}${gone}\` now`,
        next,
      };
    };
    return [what, look];
  });
}
