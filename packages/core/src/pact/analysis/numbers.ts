/** Candidate numbers of a group, and whether they stand for every number. */
export type Numbers = { readonly values: readonly number[]; readonly isExact: boolean };

/**
 * Returns the constants and, below, between and above them, `count` whole numbers (as many as
 * there are) and `count` others in every gap.
 *
 * The nearest to a constant come first, so that witnesses look like the boundary they cross.
 */
export function candidateNumbers(constants: ReadonlySet<number>, count: number): Numbers {
  const sorted = [...constants].sort((a, b) => a - b);
  if (sorted.length === 0) return { values: gapless(0, count), isExact: true };
  const values = new Set(sorted);
  let isExact = true;
  for (const [at, low] of [-Infinity, ...sorted].entries()) {
    const high = sorted[at] ?? Infinity;
    const inside = within(low, high, count);
    for (const value of inside.values) values.add(value);
    isExact &&= inside.isExact;
  }
  return { values: [...values], isExact };
}

/** Without a constant, any numbers do: whole ones and some between them. */
function gapless(from: number, count: number): readonly number[] {
  const whole = Array.from({ length: count }, (_, index) => from + index + 1);
  return whole.flatMap((value) => [value, value + 0.5]);
}

function within(low: number, high: number, count: number): Numbers {
  const whole = wholeNumbers(low, high, count);
  const marks = [low, ...whole.toSorted((a, b) => a - b), high];
  const values: number[] = [...whole];
  let isExact = true;
  for (const [at, from] of marks.entries()) {
    const to = marks[at + 1];
    if (to === undefined) break;
    const fractions = between(from, to, count);
    isExact &&= fractions.length === count;
    values.push(...fractions);
  }
  return { values, isExact };
}

function wholeNumbers(low: number, high: number, count: number): readonly number[] {
  const values: number[] = [];
  const isUpward = Number.isFinite(low);
  const start = isUpward ? Math.floor(low) + 1 : Math.ceil(high) - 1;
  for (let step = 0; step < count; step += 1) {
    const value = isUpward ? start + step : start - step;
    if (value > low && value < high && Number.isSafeInteger(value)) values.push(value);
  }
  return values;
}

/** Decimals of few digits, so that they read well and stay exact as amounts. */
function between(low: number, high: number, count: number): readonly number[] {
  const from = Number.isFinite(low) ? low : high - 1;
  const to = Number.isFinite(high) ? high : from + 1;
  const values = new Set<number>();
  for (let index = 1; index <= count; index += 1) {
    const exact = from + ((to - from) * index) / (count + 1);
    const value = [2, 4, 6, 9]
      .map((digits) => Number(exact.toFixed(digits)))
      .find((each) => each > low && each < high && !values.has(each));
    if (value !== undefined) values.add(value);
  }
  return [...values];
}
