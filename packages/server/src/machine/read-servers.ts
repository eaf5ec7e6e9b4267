import type { ClientFile } from './client-table.ts';
import type { ConfiguredServer, CommandSlots, Reach } from './configured-server.ts';
import { lineAt, type Located, type LocatedMap, memberOf, textOf, valueOf } from './located.ts';
import type { ReadFile, Trouble } from './read-file.ts';
import { wrappedIn } from './wrapper.ts';

/** The servers of a file, and what in it is none although it stands among them. */
export type FoundServers = {
  readonly servers: readonly ConfiguredServer[];
  readonly troubles: readonly Trouble[];
};

type Where = {
  readonly client: string;
  readonly file: ClientFile;
  readonly read: ReadFile;
  readonly project: string | null;
};

type Named = { readonly name: string; readonly node: Located; readonly project: string | null };

/** Returns the servers that a client's file configures. */
export function readServers(where: Where): FoundServers {
  const { file, read, project } = where;
  const found = (file.servers ?? []).flatMap((path) => namedUnder({ read, path, project }));
  const servers: ConfiguredServer[] = [];
  const troubles: Trouble[] = [];
  for (const named of found) {
    const line = lineAt(read.text, named.node.start);
    const server = serverOf(where, { ...named, line });
    if (typeof server !== 'string') servers.push(server);
    else troubles.push({ place: `${read.path}:${line}`, why: server });
  }
  return { servers, troubles };
}

function namedUnder({
  read,
  path,
  project,
}: {
  readonly read: ReadFile;
  readonly path: string;
  readonly project: string | null;
}): readonly Named[] {
  // The servers of a plugin may be the whole file.
  if (path === '' && valueOf(read.root, 'mcpServers') !== undefined) return [];
  const steps = path === '' ? [] : path.split('.');
  const holders = nodesAt(read.root, steps).map(({ node, star }) => ({
    node,
    project: star ?? project,
  }));
  return holders.flatMap(({ node, project: its }) => {
    const one = isServer(node) ? [{ name: nameOf(read.root), node }] : namedIn(node);
    return one.map((each) => ({ ...each, project: its }));
  });
}

type At = { readonly node: Located; readonly star: string | null };

/** What stands at a path; `star` is the name that `*` stood for. */
function nodesAt(root: Located, steps: readonly string[]): readonly At[] {
  let here: readonly At[] = [{ node: root, star: null }];
  for (const step of steps) {
    here = here.flatMap(({ node, star }) => {
      if (step === '*' && node.kind === 'map') {
        return node.members.map(({ key, value }) => ({ node: value, star: key }));
      }
      const value = valueOf(node, step);
      return value === undefined ? [] : [{ node: value, star }];
    });
  }
  return here;
}

function isServer(node: Located): boolean {
  return ['command', 'url'].some((key) => textOf(valueOf(node, key)) !== null);
}

function nameOf(node: Located): string {
  return textOf(valueOf(node, 'name')) ?? 'unnamed';
}

function namedIn(node: Located): readonly Omit<Named, 'project'>[] {
  if (node.kind === 'map') {
    // Of a name that stands twice the last one counts.
    const last = new Map(node.members.map(({ key, value }) => [key, value]));
    return [...last].map(([name, value]) => ({ name, node: value }));
  }
  if (node.kind !== 'list') return [];
  return node.items.map((item) => ({ name: nameOf(item), node: item }));
}

function serverOf(
  { client, file, read }: Where,
  { name, node, project, line }: Named & { readonly line: number },
): ConfiguredServer | string {
  if (node.kind !== 'map') return `server \`${name}\` is no object: nobody can start it`;
  // Some keep how it is reached in a member of its own.
  const inner = valueOf(node, 'transport');
  const told = inner?.kind === 'map' ? inner : node;
  const reach = reachOf(told);
  if (typeof reach === 'string') return `server \`${name}\` ${reach}`;
  const { base, format, isManaged } = file;
  return {
    client,
    name,
    path: read.path,
    line,
    file: { base, format, ...(isManaged && { isManaged }) },
    project,
    isEnabled: isEnabled(node),
    reach,
    environment: textsOf(['env', 'environment', 'envs'].map((key) => valueOf(told, key))),
  };
}

function isEnabled(node: LocatedMap): boolean {
  const flag = (key: string): unknown => {
    const value = valueOf(node, key);
    return value?.kind === 'scalar' ? value.value : null;
  };
  return flag('disabled') !== true && flag('enabled') !== false && flag('isActive') !== false;
}

function reachOf(node: LocatedMap): Reach | string {
  for (const key of ['command', 'cmd']) {
    const command = memberOf(node, key);
    if (command !== undefined) return stdioOf(node, { ...command, hasBraces: node.hasBraces });
  }
  for (const key of ['url', 'serverUrl', 'httpUrl', 'uri']) {
    const url = textOf(valueOf(node, key));
    if (url !== null) return { kind: 'http', url, headers: textsOf([valueOf(node, 'headers')]) };
  }
  const type = textOf(valueOf(node, 'type'));
  if (type !== null) return { kind: 'other', what: type };
  return 'has neither a command nor an address: nobody can reach it';
}

type CommandMember = CommandSlots['key'] & { readonly value: Located };

function stdioOf(holder: LocatedMap, { value, ...key }: CommandMember): Reach | string {
  const folder = textOf(valueOf(holder, 'cwd'));
  if (value.kind === 'list') {
    const words = wordsIn(value);
    if (words === null || words.length === 0) return 'has a command that is no list of words';
    const slots = { command: null, words: value, wordsStart: null, isOdd: false, key };
    return { kind: 'stdio', words, folder, wrapped: wrappedIn(words), slots };
  }
  if (value.kind === 'map') return stdioInside(value);
  const command = textOf(value);
  if (command === null || command === '') return 'has a command that is no text';
  const member = memberOf(holder, 'args');
  const list = member?.value;
  const rest = list === undefined ? [] : wordsIn(list);
  if (rest === null) return 'has `args` that are no list of words';
  const words = [command, ...rest];
  const slots = {
    command: value,
    words: list?.kind === 'list' ? list : null,
    wordsStart: member?.start ?? null,
    isOdd: list !== undefined && list.kind !== 'list',
    key,
  };
  return { kind: 'stdio', words, folder, wrapped: wrappedIn(words), slots };
}

/** `command: {path, args}`, as some wrote it once. */
function stdioInside(node: LocatedMap): Reach | string {
  const path = memberOf(node, 'path');
  if (path === undefined || path.value.kind === 'map') return 'has a command without a `path`';
  return stdioOf(node, { ...path, hasBraces: node.hasBraces });
}

function wordsIn(node: Located): readonly string[] | null {
  if (node.kind === 'scalar' && node.value === null) return [];
  if (node.kind !== 'list') return null;
  const words = node.items.map((item) =>
    item.kind === 'scalar' && item.value !== null ? String(item.value) : null,
  );
  return words.every((word) => word !== null) ? words : null;
}

function textsOf(nodes: readonly (Located | undefined)[]): Readonly<Record<string, string>> {
  const members = nodes.flatMap((node) => (node?.kind === 'map' ? node.members : []));
  return Object.fromEntries(
    members.flatMap(({ key, value }) =>
      value.kind === 'scalar' && value.value !== null ? [[key, String(value.value)]] : [],
    ),
  );
}
