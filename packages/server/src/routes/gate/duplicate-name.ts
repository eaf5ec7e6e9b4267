const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Returns a name that stands twice in one object of a JSON text, or null. Of two members with one
 * name every reader takes another: what was decided and what is done would differ.
 *
 * The text must be JSON already. Source: RFC 7493, section 2.3.
 */
export function duplicateName(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ':') last = token;
    else {
      const name = nameOf(last);
      const names = open.at(-1);
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
  }
  return null;
}

function nameOf(token: string): string {
  // A token in quotes of a text that is JSON is a JSON string.
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}
