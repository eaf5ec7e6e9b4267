import type { Json } from '../../json.ts';
import type { Domain } from './domain.ts';
import type { Held, Scalar } from './formula.ts';
import type { PathGroup, PathNeeds } from './needs.ts';
import { candidateNumbers } from './numbers.ts';
import { candidateStrings } from './strings.ts';

/** What a path may hold, and whether that stands for everything it can hold. */
export type Candidates = { readonly held: readonly Held[]; readonly isExact: boolean };

type Pool = {
  readonly numbers: readonly number[];
  readonly strings: readonly string[];
  readonly isExact: boolean;
  readonly count: number;
};

/** How many paths may have to differ: lists that are compared with seven others come to 15. */
const maxDifferent = 16;
const maxCandidates = 600;
const maxSize = 300;
const maxElements = 40;

/**
 * Returns, for each path of a group, the values that between them meet every combination of the
 * group's atoms any values can meet. Values come before absence.
 */
export function candidatesOf(group: PathGroup): ReadonlyMap<string, Candidates> {
  const scalars = group.paths.filter((needs) => needs.listAtoms.size === 0).length;
  const count = scalars === group.paths.length ? scalars : 2 * scalars + 1;
  const numbers = candidateNumbers(group.numbers, Math.min(count, maxDifferent));
  return new Map(
    group.paths.map((needs) => {
      const strings = candidateStrings(group, count, {
        lengths: needs.domain.kinds.has('string') ? lengthsOf(needs) : null,
        format: needs.domain.format ?? needs.domain.items?.format ?? null,
      });
      const isExact = numbers.isExact && strings.isExact && count <= maxDifferent;
      const pool = { numbers: numbers.values, strings: strings.values, count, isExact };
      return [needs.key, candidatesAt(needs, pool)];
    }),
  );
}

/** Sizes asked of a path and their neighbours; null when none is asked. */
function lengthsOf(needs: PathNeeds): readonly number[] | null {
  if (needs.sizes.length === 0) return null;
  const near = needs.sizes.flatMap((size) => {
    const floor = Math.floor(size);
    return [floor - 1, floor, floor + 1, floor + 2];
  });
  return [...new Set(near)].filter((size) => size >= 0).sort((a, b) => a - b);
}

function candidatesAt(needs: PathNeeds, pool: Pool): Candidates {
  const { domain } = needs;
  const values = domain.values ?? valuesAt(needs, pool);
  const lists = domain.kinds.has('array') && domain.values === null ? listsAt(needs, pool) : null;
  const held: Held[] = [...values, ...(lists?.values ?? [])].map((value) => ({
    kind: 'value',
    value,
  }));
  const gone: Held[] = [
    ...(domain.isOptional ? [{ kind: 'absent' } as const] : []),
    ...(domain.isBreakable ? [{ kind: 'broken' } as const] : []),
  ];
  const isListed = domain.values !== null;
  const isWhole = isListed || (pool.isExact && (lists?.isExact ?? true) && areSizesMet(needs));
  if (held.length <= maxCandidates) return { held: [...held, ...gone], isExact: isWhole };
  return { held: [...held.slice(0, maxCandidates), ...gone], isExact: false };
}

/** Sizes of objects and of very long values are not made up. */
function areSizesMet(needs: PathNeeds): boolean {
  if (needs.sizes.length === 0) return true;
  const { kinds } = needs.domain;
  const isSized = kinds.has('array') || kinds.has('string') || !kinds.has('object');
  return isSized && needs.sizes.every((size) => size + 2 <= maxSize);
}

function valuesAt({ domain, isMoney }: PathNeeds, pool: Pool): readonly Json[] {
  const { kinds } = domain;
  const values: Json[] = [];
  if (kinds.has('string') && isMoney) values.push(...pool.numbers.map(decimal));
  if (kinds.has('string')) values.push(...pool.strings.filter((text) => fits(text, domain)));
  if (kinds.has('number') || kinds.has('integer')) {
    values.push(...pool.numbers.filter((number) => isIn(number, domain)));
  }
  if (kinds.has('boolean')) values.push(true, false);
  if (kinds.has('null')) values.push(null);
  if (kinds.has('object')) values.push(...objects(pool.count));
  return values;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(2) : String(value);
}

function objects(count: number): readonly Json[] {
  return [{}, ...Array.from({ length: count }, (_, index) => ({ [`other-${index + 1}`]: true }))];
}

function fits(text: string, { shortest, longest }: Domain): boolean {
  const length = Array.from(text).length;
  return length >= shortest && length <= longest && length <= maxSize;
}

function isIn(value: number, { kinds, least, most }: Domain): boolean {
  const isKind = kinds.has('number') || Number.isInteger(value);
  return isKind && value >= least && value <= most;
}

type Lists = { readonly values: readonly Json[]; readonly isExact: boolean };

/** A list meets each atom by one element, so lists of as many elements as atoms suffice. */
function listsAt(needs: PathNeeds, pool: Pool): Lists {
  const items = needs.domain.items;
  const elements: readonly Json[] =
    items === null ? [...pool.strings, ...pool.numbers, true, false, null] : itemsOf(items, pool);
  const chosen = elements.slice(0, maxElements);
  const depth = Math.min(chosen.length, Math.max(1, needs.listAtoms.size));
  const picks = combinations(chosen, Math.min(depth, 3));
  const values = picks.flatMap((pick) => sized(pick, needs));
  const isExact = depth <= 3 && chosen.length === elements.length && values.length < maxCandidates;
  return { values: isExact ? values : values.slice(0, maxCandidates / 2), isExact };
}

function itemsOf(items: Domain, pool: Pool): readonly Json[] {
  const needs = {
    key: '',
    path: [],
    sizes: [],
    listAtoms: new Set<string>(),
    isMoney: false,
    domain: items,
  };
  const scalars: readonly Scalar[] | null = items.values;
  return scalars ?? valuesAt(needs, pool);
}

function combinations(elements: readonly Json[], depth: number): readonly (readonly Json[])[] {
  let last: { readonly from: number; readonly pick: readonly Json[] }[] = [{ from: 0, pick: [] }];
  const all: (readonly Json[])[] = [[]];
  for (let size = 1; size <= depth; size += 1) {
    last = last.flatMap(({ from, pick }) =>
      elements
        .slice(from)
        .map((element, at) => ({ from: from + at + 1, pick: [...pick, element] })),
    );
    all.push(...last.map(({ pick }) => pick));
    if (all.length > 4 * maxCandidates) break;
  }
  return all;
}

/** The picked elements, and the same list brought to each length that is asked about. */
function sized(pick: readonly Json[], needs: PathNeeds): readonly Json[] {
  const { shortest, longest } = needs.domain;
  const last = pick.at(-1);
  const lengths = new Set([pick.length, ...(lengthsOf(needs) ?? [])]);
  return [...lengths].flatMap((length) => {
    const isMet = length >= pick.length && (pick.length > 0 || length === 0);
    if (!isMet || length < shortest || length > longest || length > maxSize) return [];
    return [[...pick, ...Array.from({ length: length - pick.length }, () => last ?? null)]];
  });
}
