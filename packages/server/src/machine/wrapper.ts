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

const HOOK = /(?:^|[\\/])plumb-hook(?:\.(?:mjs|js|sh|cmd|exe))?$/i;
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

/** Returns the agent that a hook of ours is for; null where the text does not say. */
export function agentOfHook(line: string): string | null {
  const named =
    /--agent[=\s]+["']?([a-z][a-z0-9-]{0,62})|\/agents\/([a-z][a-z0-9-]{0,62})\/hooks\//;
  const [, option, step] = named.exec(line) ?? [];
  return option ?? step ?? null;
}

/** Returns whether a command line, or the address of a hook, is that of a hook of ours. */
export function isOurHook(line: string): boolean {
  if (/\/api\/v1\/agents\/[a-z][a-z0-9-]{0,62}\/hooks\//.test(line)) return true;
  const words = line.split(/[\s"']+/).filter((word) => word !== '');
  if (words.some((word) => HOOK.test(word))) return true;
  const program = words.findIndex((word) => PROGRAM.test(word));
  return program >= 0 && words.slice(program + 1).includes('hook');
}
