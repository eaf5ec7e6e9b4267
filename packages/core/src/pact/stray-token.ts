import type { CST } from 'yaml';

const SCALARS: ReadonlySet<string> = new Set([
  'alias',
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
]);

/**
 * Returns the offset of the first value that follows another where none may stand, or null. Found
 * here, before the composer makes an error of each of what may be hundreds of thousands.
 */
export function strayOffset(tokens: readonly CST.Token[]): number | null {
  const waiting: CST.Token[] = [...tokens];
  let least: number | null = null;
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    const stray = endOf(token).find(({ type }) => SCALARS.has(type));
    if (stray !== undefined) least = Math.min(least ?? stray.offset, stray.offset);
    for (const part of partsOf(token)) waiting.push(part);
  }
  return least;
}

function endOf(token: CST.Token): readonly CST.SourceToken[] {
  return 'end' in token ? (token.end ?? []) : [];
}

function partsOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((part) => part !== undefined && part !== null),
  );
}
