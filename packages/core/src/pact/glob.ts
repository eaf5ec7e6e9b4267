/**
 * Returns whether a tool's name matches a name or glob: `*` stands for any run of characters
 * without a dot. Linear in the product of both lengths, which are short.
 */
export function matchesGlob(glob: string, name: string): boolean {
  if (!glob.includes('*')) return glob === name;
  const wanted = glob.split('.');
  const segments = name.split('.');
  return (
    wanted.length === segments.length &&
    wanted.every((part, index) => matchesSegment(part, segments[index] ?? ''))
  );
}

function matchesSegment(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const tail = rest.pop() ?? '';
  if (!text.startsWith(head) || text.length < head.length + tail.length) return false;
  return (
    text.endsWith(tail) && matchesMiddle(rest, text.slice(head.length, text.length - tail.length))
  );
}

function matchesMiddle(parts: readonly string[], text: string): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
