import { type HookAttestation, type InstalledHook, readHookCommand } from './hook-command.ts';
import { readJsonc } from './read-jsonc.ts';
import { type Located, textOf, textsIn, valueOf } from './located.ts';

/** A file in which a client has hooks, and whether ours is among them. */
export type HookFile = {
  readonly client: string;
  readonly path: string;
  readonly project: string | null;
  /** Whether every call of a tool is asked of us before it is made. */
  readonly isOurs: boolean;
  /** Whether it switches every hook of the client off. */
  readonly isOff: boolean;
  /** The agent our hook is for, where it says so. */
  readonly agent: string | null;
  /** What stands before the client's own tools in the pact; null: the usual. */
  readonly prefix: string | null;
  /** Servers our hook leaves to the gateway; `*`: all. */
  readonly gateways: readonly string[];
  /** What whoever installed our hook attests; null: ours is not there. */
  readonly attested: HookAttestation | null;
};

// The events before a tool runs, as the clients call them.
const BEFORE: ReadonlySet<string> = new Set(['PreToolUse', 'BeforeTool', 'preToolUse']);

// How the clients switch their hooks off, all at once.
const OFF: readonly (readonly [path: string, value: boolean])[] = [
  ['disableAllHooks', true],
  ['hooksConfig.enabled', false],
  ['features.hooks', false],
  ['features.codex_hooks', false],
];

function saysSo(root: Located, path: string, value: boolean): boolean {
  let here: Located | undefined = root;
  for (const step of path.split('.')) here = valueOf(here, step);
  return here?.kind === 'scalar' && here.value === value;
}

/** Returns what a client's file says of hooks, or null where it says nothing of them. */
export function readHooks(
  { client, path, project }: Pick<HookFile, 'client' | 'path' | 'project'>,
  root: Located,
  member: string,
): HookFile | null {
  const held = valueOf(root, member);
  const isOff = OFF.some(([where, value]) => saysSo(root, where, value));
  const isThere = held !== undefined && textsIn(held).length > 0;
  if (!isThere && !isOff) return null;
  const found = held === undefined ? null : ourHook(held);
  const { agent = null, prefix = null, gateways = [] } = found?.attested ?? {};
  const attested = found?.attested ?? null;
  const isOurs = attested !== null;
  return { client, path, project, isOurs, isOff, agent, prefix, gateways, attested };
}

/**
 * Returns what keeps a client from asking our hooks in a JSON file about every call: it switches
 * all hooks off, or ours is asked about some tools alone. Null: nothing does.
 */
export function blindnessOf(text: string): 'off' | 'some' | null {
  const read = text.trim() === '' ? null : readJsonc(text);
  if (read === null || !read.ok) return null;
  const file = { client: '', path: '', project: null };
  const found = readHooks(file, read.root, 'hooks');
  if (found === null) return null;
  if (found.isOff) return 'off';
  return found.isOurs ? null : 'some';
}

type Ours = Pick<InstalledHook, 'attested'>;

/** The hook of ours that sees every tool; one that sees some tools alone governs not all. */
function ourHook(held: Located): Ours | null {
  if (held.kind !== 'map') return null;
  for (const { key, value } of held.members) {
    if (!BEFORE.has(key) || value.kind !== 'list') continue;
    for (const entry of value.items.filter(seesEverything)) {
      const ours = hooksOf(entry)
        .map(oursIn)
        .find((each) => each !== null);
      if (ours !== undefined) return ours;
    }
  }
  return null;
}

function seesEverything(entry: Located): boolean {
  const matcher = textOf(valueOf(entry, 'matcher'));
  return matcher === null || ['', '*', '.*'].includes(matcher);
}

function hooksOf(entry: Located): readonly Located[] {
  const inner = valueOf(entry, 'hooks');
  return inner?.kind === 'list' ? inner.items : [entry];
}

function oursIn(hook: Located): Ours | null {
  const command = textOf(valueOf(hook, 'command'));
  const installed = command === null ? null : readHookCommand(command);
  if (installed !== null) return installed;
  const url = textOf(valueOf(hook, 'url')) ?? '';
  const agent = /\/api\/v1\/agents\/([a-z][a-z0-9-]{0,62})\/hooks\//.exec(url)?.[1];
  if (agent === undefined) return null;
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  const gateways = (query.get('gateways') ?? '').split(',').filter((each) => each !== '');
  const [task, prefix] = [query.get('task'), query.get('prefix')];
  const principal = query.get('principal') ?? '';
  return { attested: { agent, principal, task, prefix, gateways, waitSeconds: 0 } };
}
