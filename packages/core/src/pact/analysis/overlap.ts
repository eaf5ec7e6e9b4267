import { atomsOf, keyOf, pathsOf } from './formula.ts';
import type { Atom, Formula, Segments } from './formula.ts';
import { atomsOfGoal } from './goal.ts';
import type { Goal } from './goal.ts';
import type { DomainOf } from './needs.ts';

/** A goal whose paths do not hold one another, and for `has(a.b)` the known path below it. */
export type Separated = { readonly goal: Goal; readonly below: ReadonlyMap<string, string> };

/**
 * Returns the goal with every atom about a path that holds another path of the goal made opaque:
 * the solver gives each path a value of its own. `has(a.b)` beside `a.b.c` stays when `a.b` can
 * only hold an object, since it is then false exactly when what holds `a.b.c` is missing.
 */
export function separate(goal: Goal, domainOf: DomainOf): Separated {
  const paths = new Map<string, Segments>();
  for (const atom of atomsOfGoal(goal)) {
    if (atom.op === 'has') continue;
    for (const path of pathsOf(atom)) paths.set(keyOf(path), path);
  }
  const clashing = new Set<string>();
  for (const [key, path] of paths) {
    for (const holder of holdersOf(path)) {
      if (!paths.has(holder)) continue;
      clashing.add(key).add(holder);
    }
  }
  const below = new Map<string, string>();
  for (const [key, path] of paths) {
    const parent = path.slice(0, -1);
    const isFree = !clashing.has(key) && !paths.has(keyOf(parent));
    const { kinds } = domainOf(parent);
    if (isFree && kinds.size === 1 && kinds.has('object')) below.set(keyOf(parent), key);
  }
  const isClashing = (atom: Atom): boolean => clashes(atom, { paths, clashing, below });
  return { goal: mapped(goal, (formula) => opened(formula, isClashing)), below };
}

function holdersOf(path: Segments): readonly string[] {
  return path.slice(1).map((_, index) => keyOf(path.slice(0, index + 1)));
}

type Clash = {
  readonly paths: ReadonlyMap<string, Segments>;
  readonly clashing: ReadonlySet<string>;
  readonly below: ReadonlyMap<string, string>;
};

function clashes(atom: Atom, { paths, clashing, below }: Clash): boolean {
  const own = pathsOf(atom);
  if (own.some((path) => clashing.has(keyOf(path)))) return true;
  if (atom.op === 'each') {
    return [...atomsOf(atom.body)].some((inner) => clashes(inner, { paths, clashing, below }));
  }
  if (atom.op !== 'has') return false;
  const key = keyOf(atom.path);
  if (paths.has(key) || below.has(key)) return false;
  const holds = [...paths.values()].some((path) => holdersOf(path).includes(key));
  return holds || holdersOf(atom.path).some((holder) => paths.has(holder));
}

function mapped(goal: Goal, change: (formula: Formula) => Formula): Goal {
  if (goal.op === 'wish') return { ...goal, formula: change(goal.formula) };
  return { ...goal, of: goal.of.map((part) => mapped(part, change)) };
}

function opened(formula: Formula, isOpaque: (atom: Atom) => boolean): Formula {
  switch (formula.op) {
    case 'and':
    case 'or': {
      const [left, right] = [opened(formula.left, isOpaque), opened(formula.right, isOpaque)];
      return { ...formula, left, right };
    }
    case 'not':
      return { ...formula, of: opened(formula.of, isOpaque) };
    case 'if':
      return {
        op: 'if',
        condition: opened(formula.condition, isOpaque),
        yes: opened(formula.yes, isOpaque),
        no: opened(formula.no, isOpaque),
      };
    case 'constant':
      return formula;
    default:
      return isOpaque(formula) ? { op: 'opaque', text: formula.text } : formula;
  }
}
