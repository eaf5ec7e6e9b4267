/** Returns whether a path is of a pattern: `:name` is any part of it, `:name?` may be missing. */
export function isAt(pattern: string, path: string): boolean {
  const wanted = partsOf(pattern);
  const given = partsOf(path);
  if (given.length > wanted.length) return false;
  return wanted.every((part, place) => {
    const one = given[place];
    return one === undefined ? part.endsWith('?') : part.startsWith(':') || part === one;
  });
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}
