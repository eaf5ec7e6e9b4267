import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { Mutant } from './mutant.ts';
import { peopleMutants } from './people-mutants.ts';
import { stageMutants } from './stage-mutants.ts';
import { plantTree, type Tree } from './tree.ts';
import { turnMutants } from './turn-mutants.ts';

/** What became of one mutant, and what gave it away. */
export type Fate = {
  readonly mutant: Mutant;
  readonly isCaught: boolean;
  readonly gaveAway: string;
  readonly elapsedMs: number;
};

/** How long a mutant is looked at, and from which seed. */
export type Hunt = {
  readonly seed: number;
  readonly decisions: number;
  readonly lanes: number;
  /** Only mutants whose file or words hold this text. */
  readonly only?: string;
  readonly onFate?: (fate: Fate) => void;
};

const mutants: readonly Mutant[] = [...stageMutants, ...turnMutants, ...peopleMutants];

/**
 * Returns the fate of every mutant, each run in a process of its own until it first disagrees.
 *
 * Errors: throws when the sound kernel itself is not found sound, or when a mutant is stale.
 */
export async function huntMutants(hunt: Hunt): Promise<readonly Fate[]> {
  const trees = Array.from({ length: hunt.lanes }, plantTree);
  const { only = '' } = hunt;
  const waiting = mutants.filter(({ file, says }) => `${file}: ${says}`.includes(only));
  const fates: Fate[] = [];
  try {
    await expectSound(trees[0], hunt);
    await Promise.all(
      trees.map(async (tree) => {
        for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
          const fate = await fateOf(tree, mutant, hunt);
          fates.push(fate);
          hunt.onFate?.(fate);
        }
      }),
    );
  } finally {
    for (const tree of trees) tree.remove();
  }
  return fates;
}

async function expectSound(tree: Tree | undefined, hunt: Hunt): Promise<void> {
  if (tree === undefined) throw new Error('no lane to hunt in');
  const { code, said } = await play(tree, { ...hunt, decisions: 2000 });
  if (code !== 0) throw new Error(`without a mutant: ${said}`);
}

async function fateOf(tree: Tree, mutant: Mutant, hunt: Hunt): Promise<Fate> {
  const startedMs = performance.now();
  tree.mutate(mutant);
  const { code, said } = await play(tree, hunt);
  const elapsedMs = Math.round(performance.now() - startedMs);
  return { mutant, isCaught: code !== 0, gaveAway: said, elapsedMs };
}

function play(
  tree: Tree,
  { seed, decisions }: Hunt,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const script = join(tree.path, 'packages', 'testkit', 'src', 'mutants', 'child.ts');
  const wanted = ['--decisions', String(decisions), '--seed', String(seed)];
  const child = spawn(process.execPath, ['--conditions=plumbline-source', script, ...wanted]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (said += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said: said.trim().slice(0, 400) }));
  });
}
