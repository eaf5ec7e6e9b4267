/** Returns the known name closest to a misspelt one, or null when none is near. */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wall = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = wall + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Returns ``, did you mean `x`?`` for the nearest known name, or the fallback. */
export function suggest(name: string, known: Iterable<string>, fallback = ''): string {
  const found = nearest(name, known);
  return found === null ? fallback : `, did you mean \`${found}\`?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours each cost one. */
function editDistance(left: string, right: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (older[column - 2] ?? row) + 1);
      }
      current.push(cost);
    }
    older = previous;
    previous = current;
  }
  return previous[right.length] ?? left.length;
}
