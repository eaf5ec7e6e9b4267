/** How a command line goes through the gateway. */
export type Wrapped = {
  /** The agent that is named; null: it comes from the environment. */
  readonly agent: string | null;
  readonly prefix: string;
  /** The server's own command line, behind the last `--` that is the gateway's. */
  readonly inner: readonly string[];
  /** How many words stand before it. */
  readonly before: number;
};

// Also as it runs in a clone, where its entry file has another name.
const PROGRAM =
  /(?:^|[\\/])(?:plumb(?:\.(?:mjs|js|cmd|exe|ts))?|cli[\\/](?:src|dist)[\\/]main\.(?:ts|js))$/i;

/** Returns how a command line goes through `plumb mcp`, or null where it does not. */
export function wrappedIn(words: readonly string[]): Wrapped | null {
  const program = words.findIndex((word) => PROGRAM.test(word));
  const verb = program < 0 ? -1 : words.indexOf('mcp', program + 1);
  const end = verb < 0 ? -1 : words.indexOf('--', verb + 1);
  // Between the program and its verb stands nothing, or the dashes of whatever runs it.
  const between = words.slice(program + 1, Math.max(verb, 0));
  if (end < 0 || between.some((word) => word !== '--') || end === words.length - 1) return null;
  const told = words.slice(verb + 1, end);
  const optionOf = (name: string): string | null => {
    const at = told.indexOf(name);
    const joined = told.find((word) => word.startsWith(`${name}=`));
    if (joined !== undefined) return joined.slice(name.length + 1);
    return at < 0 ? null : (told[at + 1] ?? null);
  };
  return {
    agent: optionOf('--agent'),
    prefix: optionOf('--prefix') ?? '',
    inner: words.slice(end + 1),
    before: end + 1,
  };
}
