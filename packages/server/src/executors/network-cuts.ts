import type { Cut, Cuts } from '../config/cuts.ts';
import type { Attempt, Executor } from './executor.ts';
import { closedTable, type NamedCut, tableOf } from './nft-table.ts';
import type { CutGroups, RunNft } from './run-nft.ts';

/** What cutting works with. */
export type CuttingNeeds = {
  readonly run: RunNft;
  /** Whether an agent is halted as a whole, as the ledger and what is latched say. */
  readonly isHalted: (agent: string) => boolean;
  readonly groups: CutGroups;
  /** Whether a network name space is there. */
  readonly hasSpace: (namespace: string) => boolean;
};

/** The executors of cuts, and what puts the rules of the machine in order after a start. */
export type Cutting = {
  readonly cuts: readonly Executor[];
  /** What undoes them, once everything they were for was resumed. */
  readonly lifts: readonly Executor[];
  /** Returns what of them cannot be had, by name. */
  readonly settle: () => Promise<readonly string[]>;
};

type Applied = ReadonlyMap<string, Attempt>;

const RETRIES = { most: 6, afterMs: 100 } as const;
const DONE: Attempt = { state: 'done' };

/**
 * Returns what cuts agents off from every network that are not started by `plumb run`.
 *
 * The rules follow from who is halted, and each change writes all of them anew in one transaction:
 * doing it again comes to the same, in whatever order halts and resumes arrive. They are the
 * kernel's and stay when the daemon ends, however it does; the next start compares nothing and
 * writes what has to hold, also after the machine itself was started anew.
 */
export function makeCutting(cuts: Cuts, needs: CuttingNeeds): Cutting {
  const all = Object.entries(cuts);
  const apply = oneAfterTheOther(() => applyAll(all, needs));
  const execute = (name: string) => async (): Promise<Attempt> => {
    return (await apply()).get(name) ?? DONE;
  };
  const isWanted = ({ agents }: Cut): boolean => agents.some((agent) => needs.isHalted(agent));
  return {
    cuts: all.map(([name, cut]) => ({
      name: `cut-${name}`,
      order: 0,
      isFollowed: false,
      concerns: ({ agent, scope }) => {
        return (scope === 'agent' || scope === 'fleet') && cut.agents.includes(agent);
      },
      execute: execute(name),
      check: () => look(cut, needs.run),
      retries: RETRIES,
    })),
    lifts: all.map(([name, cut]) => ({
      name: `lift-${name}`,
      order: 0,
      concerns: ({ agent }) => cut.agents.includes(agent) && !isWanted(cut),
      execute: execute(name),
      retries: RETRIES,
    })),
    settle: async () => {
      if (all.length === 0) return [];
      return [...(await apply())].flatMap(([name, attempt]) =>
        attempt.state === 'failed' ? [`\`cuts.${name}\`: ${attempt.why}`] : [],
      );
    },
  };
}

/** Looks at whether rules can be had where a cut needs them, and writes none. */
async function look({ namespaces }: Cut, run: RunNft): Promise<Attempt> {
  for (const space of [null, ...namespaces]) {
    const listed = await run('list tables', space);
    if (listed.state === 'failed') return listed;
  }
  return DONE;
}

/** Whoever asks while one runs shares the next, which sees everything that was so by then. */
function oneAfterTheOther<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    next ??= running.then(() => {
      next = null;
      const begun = run();
      running = begun.catch(() => undefined);
      return begun;
    });
    return next;
  };
}

async function applyAll(
  all: readonly NamedCut[],
  { run, isHalted, groups, hasSpace }: CuttingNeeds,
): Promise<Applied> {
  const wanted = all.filter(([, { agents }]) => agents.some((agent) => isHalted(agent)));
  const here = wanted.map(([name, cut]): NamedCut => {
    return [name, { ...cut, cgroups: cut.cgroups.filter((path) => groups.has(path)) }];
  });
  const isHere = all.some(([, cut]) => isOnThisSide(cut));
  const closed = new Set(wanted.flatMap(([, { namespaces }]) => namespaces));
  const spaces = [...new Set(all.flatMap(([, { namespaces }]) => namespaces))];
  const [own, ...others] = await Promise.all([
    isHere ? run(tableOf(here, groups.tree), null) : DONE,
    ...spaces.map((space): Attempt | Promise<Attempt> => {
      if (hasSpace(space)) return run(closedTable(closed.has(space)), space);
      // What is gone needs not be opened again; what was to be closed has to be looked for.
      const why = `there is no network name space \`${space}\``;
      return closed.has(space) ? { state: 'failed', why } : DONE;
    }),
  ]);
  const inSpace = new Map(spaces.map((space, at) => [space, others[at] ?? DONE]));
  return new Map(
    all.map(([name, cut]) => {
      const isWanted = wanted.some(([other]) => other === name);
      const gone = isWanted ? cut.cgroups.find((path) => !groups.has(path)) : undefined;
      const missing: Attempt[] =
        gone === undefined
          ? []
          : [{ state: 'failed', why: `there is no control group \`${gone}\`` }];
      const parts = [
        ...(isOnThisSide(cut) ? [own] : []),
        ...cut.namespaces.map((space) => inSpace.get(space) ?? DONE),
        ...missing,
      ];
      return [name, parts.find(({ state }) => state === 'failed') ?? DONE];
    }),
  );
}

function isOnThisSide({ users, sources, cgroups }: Cut): boolean {
  return users.length + sources.length + cgroups.length > 0;
}
