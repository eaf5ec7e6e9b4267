/** Returns a text as a name of the pact: `Pay a bill` is `Pay-a-bill`. */
export function nameOf(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[-.]+$/g, '')
    .slice(0, 90);
  return name === '' ? 'unnamed' : name;
}

/** Returns the names of texts, in order; a name that is taken gets a number. */
export function namesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const text of texts) {
    if (names.has(text)) continue;
    const base = nameOf(text);
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    names.set(text, name);
  }
  return names;
}

const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Returns a YAML scalar: plain where nothing could read it otherwise, else quoted as JSON is. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][\w./@-]*( [\w./@-]+)*$/.test(text) && !reserved.test(text);
  return isPlain ? text : quoted(text);
}

/** What is not printable ASCII is escaped, so that no reader can take it for structure. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[^ -~]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Returns a YAML list on one line. */
export function listOf(values: readonly string[]): string {
  return `[${values.map(scalar).join(', ')}]`;
}

/** Returns JSON as YAML on one line. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
