import type { PathGroup } from './needs.ts';

/** Candidate strings of a group, and whether they stand for every string. */
export type Strings = { readonly values: readonly string[]; readonly isExact: boolean };

type Shape = {
  readonly prefix: string;
  readonly suffix: string;
  readonly parts: readonly string[];
};

const maxParts = 4;
const rare = ['\u00a7', '\u00b6', '\u00a4', '\u203b', '\u2020'];

/**
 * Returns strings that between them meet every combination of the group's string atoms a string
 * can meet, each combination `count` times over (for paths that must differ).
 *
 * lengths: lengths, in code points, that must be met too; null when no atom asks.
 * format: the JSON Schema format the made-up ones should look like.
 * Source: spec/pact/analysis.md, section "Exactness".
 */
export function candidateStrings(
  group: PathGroup,
  count: number,
  asked: { readonly lengths: readonly number[] | null; readonly format: string | null },
): Strings {
  const shapes = shapesOf(group);
  const isAffixed = shapes.values.length > 1;
  const made = shapes.values.map((shape) => madeUp(group, shape, { ...asked, count }));
  const between = group.isOrdered ? stringsBetween(group, count) : exactly([]);
  const isExact =
    shapes.isExact &&
    between.isExact &&
    made.every((strings) => strings.isExact) &&
    !(isAffixed && (group.isOrdered || asked.lengths !== null));
  const values = [...made.flatMap((strings) => strings.values), ...group.strings];
  return { values: [...new Set([...values, ...between.values])], isExact };
}

function exactly(values: readonly string[]): Strings {
  return { values, isExact: true };
}

/** Longest prefix, longest suffix and set of parts: together they decide every affix atom. */
function shapesOf(group: PathGroup): { values: readonly Shape[]; isExact: boolean } {
  const parts = [...group.parts].slice(0, maxParts);
  const shapes: Shape[] = [];
  for (const prefix of ['', ...group.prefixes]) {
    for (const suffix of ['', ...group.suffixes]) {
      for (const chosen of subsets(parts)) shapes.push({ prefix, suffix, parts: chosen });
    }
  }
  return { values: shapes, isExact: group.parts.size <= maxParts };
}

function subsets(parts: readonly string[]): readonly (readonly string[])[] {
  let all: (readonly string[])[] = [[]];
  for (const part of parts) all = [...all, ...all.map((subset) => [...subset, part])];
  return all;
}

type Asked = {
  readonly lengths: readonly number[] | null;
  readonly format: string | null;
  readonly count: number;
};

function madeUp(group: PathGroup, shape: Shape, asked: Asked): Strings {
  const values: string[] = [];
  let isExact = true;
  for (let index = 1; index <= asked.count; index += 1) {
    const value = fillings(asked.format, index)
      .map((filling) => compose(shape, filling))
      .find((text) => isFaithful(group, shape, text));
    if (value === undefined) isExact = false;
    else values.push(value, ...(asked.lengths ?? []).map((size) => stretched(value, size, index)));
  }
  const faithful = values.filter((value) => isFaithful(group, shape, value));
  // The empty string is one value: when it is a constant, no other string has its length.
  const isWhole = values.every((value) => value === '' || faithful.includes(value));
  return { values: faithful, isExact: isExact && isWhole };
}

const formats: { readonly [format: string]: (index: number) => string } = {
  email: (index) => `someone-${index}@example.org`,
  date: (index) => `2031-01-${String(index).padStart(2, '0')}`,
  'date-time': (index) => `2031-01-${String(index).padStart(2, '0')}T10:00:00Z`,
  uri: (index) => `https://example.org/${index}`,
};

function fillings(format: string | null, index: number): readonly string[] {
  const formatted = format === null ? undefined : formats[format]?.(index);
  const plain = [`other-${index}`, `o${index}`, ...rare.map((sign) => sign.repeat(index))];
  return formatted === undefined ? plain : [formatted, ...plain];
}

function compose({ prefix, suffix, parts }: Shape, filling: string): string {
  return [prefix, ...parts, ''].join(filling) + suffix;
}

/** Whether the text meets the affix atoms of its shape, no other, and equals no constant. */
function isFaithful(group: PathGroup, shape: Shape, text: string): boolean {
  const meetsPrefixes = [...group.prefixes].every(
    (prefix) => text.startsWith(prefix) === shape.prefix.startsWith(prefix),
  );
  const meetsSuffixes = [...group.suffixes].every(
    (suffix) => text.endsWith(suffix) === shape.suffix.endsWith(suffix),
  );
  const pieces = [shape.prefix, shape.suffix, ...shape.parts];
  const meetsParts = [...group.parts].every(
    (part) => text.includes(part) === pieces.some((piece) => piece.includes(part)),
  );
  return meetsPrefixes && meetsSuffixes && meetsParts && !group.strings.has(text);
}

/** The text brought to a length where that keeps its ends; else a text of that length alone. */
function stretched(text: string, size: number, index: number): string {
  const length = Array.from(text).length;
  if (size >= length) return text + 'x'.repeat(size - length);
  return String.fromCodePoint('a'.charCodeAt(0) + (index % 26)).repeat(size);
}

/** For `<` between strings: some strings below, between and above the constants. */
function stringsBetween(group: PathGroup, count: number): Strings {
  const constants = ['', ...[...group.strings].sort()];
  const values = [''];
  let isExact = true;
  for (const [at, constant] of constants.entries()) {
    const next = constants[at + 1];
    for (let index = 1; index <= count; index += 1) {
      const value = constant + '!'.repeat(index);
      if (next === undefined || value < next) values.push(value);
      else if (next !== constant) isExact = false;
    }
  }
  return { values, isExact };
}
