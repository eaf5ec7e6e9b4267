import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Client, type ClientFile, CLIENTS, NAMED } from './client-table.ts';
import type { ConfiguredServer } from './configured-server.ts';
import { textOf, valueOf } from './located.ts';
import { codeOf, readConfigFile, type ReadFile, type Trouble } from './read-file.ts';
import { type HookFile, readHooks } from './read-hooks.ts';
import { readServers } from './read-servers.ts';
import { folderOf, type Surroundings } from './surroundings.ts';

/** What was found on a machine. */
export type Machine = {
  /** Clients that are there: a folder or a file of theirs is. */
  readonly clients: readonly Pick<Client, 'id' | 'title' | 'builtIn'>[];
  readonly files: readonly { readonly client: string; readonly path: string }[];
  readonly servers: readonly ConfiguredServer[];
  readonly hooks: readonly HookFile[];
  readonly projects: readonly string[];
  readonly troubles: readonly Trouble[];
};

/** More folders of projects than this are not looked into. */
const MOST_PROJECTS = 500;
const MOST_NAMES = 1_000;

type Found = {
  readonly surroundings: Surroundings;
  readonly files: {
    readonly client: Client;
    readonly file: ClientFile;
    readonly read: ReadFile;
    readonly project: string | null;
  }[];
  readonly troubles: Trouble[];
};

/**
 * Looks for every client's files on a machine, in the folders of its user and of projects: those
 * that are named, and those the clients' own files name; and in files that are named themselves.
 * Changes nothing.
 */
export function lookAround(
  surroundings: Surroundings,
  folders: readonly string[],
  named: readonly string[] = [],
): Machine {
  const found: Found = { surroundings, files: [], troubles: [] };
  for (const client of CLIENTS) {
    for (const file of client.files) {
      if (file.base === 'project') continue;
      const base = folderOf(file.base, surroundings);
      readAll(found, { client, file, base, project: null });
    }
  }
  const projects = projectsOf(found, folders);
  for (const project of projects) {
    for (const client of CLIENTS) {
      for (const file of client.files) {
        if (file.base === 'project') readAll(found, { client, file, base: project, project });
      }
    }
  }
  for (const path of named) readNamed(found, resolve(path));
  return machineOf(found, projects);
}

/** Reads a file of any client: it is known by its ending, and by where servers usually stand. */
function readNamed({ files, troubles }: Found, path: string): void {
  if (files.some(({ read }) => read.path === path)) return;
  const [file] = NAMED.files.filter(({ format }) => formatOf(path) === format);
  if (file === undefined) return;
  const read = readConfigFile(path, file.format);
  if (read === null) return;
  if ('why' in read) troubles.push(read);
  else files.push({ client: NAMED, file, read, project: null });
}

function formatOf(path: string): string {
  const ending = /\.(json|jsonc|toml|yaml|yml)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return ending === 'jsonc' ? 'json' : ending === 'yml' ? 'yaml' : ending;
}

/**
 * Returns a client's file as it is now, with the servers in it; null where it is gone or not read.
 * The same rows read it as when it was found.
 */
export function readClientFile(
  path: string,
  client: string,
): (ReturnType<typeof readServers> & { readonly read: ReadFile }) | null {
  for (const { id, files } of [...CLIENTS, NAMED]) {
    for (const file of files) {
      const isNamed = id === NAMED.id && formatOf(path) === file.format;
      if (!isNamed && !endsAs(path, file.path)) continue;
      if (id !== client || file.servers === undefined) continue;
      const read = readConfigFile(path, file.format);
      if (read === null || 'why' in read) continue;
      return { read, ...readServers({ client, file, read, project: null }) };
    }
  }
  return null;
}

/** Whether a path ends with what a pattern stands for. */
function endsAs(path: string, pattern: string): boolean {
  const steps = pattern.split('/');
  const ends = path.split(/[\\/]/).slice(-steps.length);
  return steps.every((step, at) => {
    const [start = '', end] = step.split('*');
    const name = ends[at] ?? '';
    return end === undefined ? name === step : name.startsWith(start) && name.endsWith(end);
  });
}

function readAll(
  { files, troubles }: Found,
  of: {
    readonly client: Client;
    readonly file: ClientFile;
    readonly base: string;
    readonly project: string | null;
  },
): void {
  const { client, file, base, project } = of;
  for (const path of pathsOf(base, file.path, troubles)) {
    if (files.some((known) => known.read.path === path && known.file.servers === file.servers))
      continue;
    const read = readConfigFile(path, file.format);
    if (read === null) continue;
    if ('why' in read) troubles.push(read);
    else files.push({ client, file, read, project });
  }
}

/** The paths a pattern stands for; `*` is any one name. */
function pathsOf(base: string, pattern: string, troubles: Trouble[]): readonly string[] {
  let here = [base];
  for (const step of pattern.split('/')) {
    here = here.flatMap((folder) => {
      if (!step.includes('*')) return [join(folder, step)];
      const [start = '', end = ''] = step.split('*');
      return namesIn(folder, troubles)
        .filter((name) => name.startsWith(start) && name.endsWith(end))
        .map((name) => join(folder, name));
    });
  }
  return here;
}

function namesIn(folder: string, troubles: Trouble[]): readonly string[] {
  try {
    const names = readdirSync(folder).sort();
    if (names.length > MOST_NAMES) {
      const why = `holds ${names.length} names, of which ${MOST_NAMES} were looked at`;
      troubles.push({ place: folder, why });
    }
    return names.slice(0, MOST_NAMES);
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      troubles.push({ place: folder, why: `cannot be looked into (${code})` });
    }
    return [];
  }
}

function projectsOf({ files, troubles }: Found, named: readonly string[]): readonly string[] {
  const listed = files.flatMap(({ file, read }) => {
    const holder = file.projects === undefined ? undefined : valueOf(read.root, file.projects);
    const keys = holder?.kind === 'map' ? holder.members.map(({ key }) => key) : [];
    const address = file.folder === undefined ? null : textOf(valueOf(read.root, file.folder));
    return [...keys, ...(address === null ? [] : folderIn(address))];
  });
  const told = named.map((folder) => resolve(folder));
  for (const folder of told) {
    if (!existsSync(folder)) troubles.push({ place: folder, why: 'no such folder' });
  }
  const all = [
    ...new Set([
      ...told,
      ...listed.filter((path) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)),
    ]),
  ];
  if (all.length > MOST_PROJECTS) {
    const why =
      `the clients list ${all.length} projects, of which ${MOST_PROJECTS} were looked into; ` +
      'name others by --folder';
    troubles.push({ place: all[MOST_PROJECTS] ?? '', why });
  }
  return all.slice(0, MOST_PROJECTS).filter((folder) => existsSync(folder));
}

function folderIn(address: string): readonly string[] {
  if (!address.startsWith('file://')) return [];
  try {
    return [fileURLToPath(address)];
  } catch (cause) {
    // An address of another machine names no folder of this one.
    if (cause instanceof TypeError) return [];
    throw cause;
  }
}

function machineOf({ files, troubles, surroundings }: Found, projects: readonly string[]): Machine {
  const servers: ConfiguredServer[] = [];
  const hooks: HookFile[] = [];
  for (const { client, file, read, project } of files) {
    const found = readServers({ client: client.id, file, read, project });
    servers.push(...found.servers);
    troubles.push(...found.troubles);
    if (file.hooks === undefined) continue;
    const hook = readHooks({ client: client.id, path: read.path, project }, read.root, file.hooks);
    if (hook !== null) hooks.push(hook);
  }
  const isThere = ({ id, marks }: Client): boolean =>
    files.some(({ client, file }) => client.id === id && !isListOnly(file)) ||
    marks.some(
      ([base, path]) => base !== 'project' && existsSync(join(folderOf(base, surroundings), path)),
    );
  const clients = CLIENTS.filter(isThere).map(({ id, title, builtIn }) => ({
    id,
    title,
    ...(builtIn !== undefined && { builtIn }),
  }));
  const read = files
    .filter(({ file }) => !isListOnly(file))
    .map(({ client, read: { path } }) => ({ client: client.id, path }));
  return { clients, files: read, servers, hooks, projects, troubles };
}

/** A file that says nothing but where projects are. */
function isListOnly({ servers, hooks }: ClientFile): boolean {
  return servers === undefined && hooks === undefined;
}
