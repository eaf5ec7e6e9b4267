/** Returns whether a pattern holds a glob. */
export function isGlob(pattern: string): boolean {
  return pattern.includes('*');
}

/** Returns whether a tool's name matches a name or glob; `*` stands for text without a dot. */
export function matchesTool(pattern: string, tool: string): boolean {
  if (!isGlob(pattern)) return pattern === tool;
  const wanted = pattern.split('.');
  const given = tool.split('.');
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => matchesText(segment, given[index] ?? ''))
  );
}

/**
 * Returns whether a text matches a pattern in which `*` stands for any text, none included; linear:
 * the first piece is a prefix, the last a suffix, those between stand leftmost in order.
 */
export function matchesText(pattern: string, text: string): boolean {
  const [prefix = '', ...rest] = pattern.split('*');
  const suffix = rest.pop();
  if (suffix === undefined) return pattern === text;
  if (text.length < prefix.length + suffix.length) return false;
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  const end = text.length - suffix.length;
  let cursor = prefix.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, cursor);
    if (at < 0 || at + piece.length > end) return false;
    cursor = at + piece.length;
  }
  return true;
}

/** Returns whether any of the patterns matches a tool's name. */
export function matchesAny(patterns: readonly string[], tool: string): boolean {
  return patterns.some((pattern) => matchesTool(pattern, tool));
}
