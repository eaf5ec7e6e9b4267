import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { accessSync, constants } from 'node:fs';

import { here } from '../inventory/machine-options.ts';
import type { Server } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

/** A client whose hooks are meant, as the daemon's package describes it. */
export type Client = Server['HOOK_CLIENTS'][number];

/** Whose sessions a hook is for. */
export type Scope = 'user' | 'project' | 'local';

/** A file that may hold a client's hooks. */
export type HookPlace = { readonly scope: Scope; readonly path: string };

/** Returns a scope as it was given, for a client that has it. Errors: `Stop`. */
export function scopeOf(client: Client, text: string): Scope {
  const scopes = scopesOf(client);
  const scope = scopes.find((each) => each === text);
  if (scope !== undefined) return scope;
  throw new Stop(`must be ${scopes.join(' or ')}, not \`${text}\``, '--scope');
}

function scopesOf({ files }: Client): readonly Scope[] {
  return (['user', 'project', 'local'] as const).filter((scope) => files[scope] !== undefined);
}

/** Returns the files of a client in which hooks are looked for. */
export function placesOf(server: Server, client: Client, shell: Shell): readonly HookPlace[] {
  const places = scopesOf(client).map((scope) => ({
    scope,
    path: placeOf(server, { client, scope }, shell),
  }));
  // In the home directory the file of the project is that of the user.
  return places.filter(({ path }, at) => places.findIndex((each) => each.path === path) === at);
}

/** Returns the file of a client that holds the hooks of a scope. */
export function placeOf(
  server: Server,
  { client, scope }: { readonly client: Client; readonly scope: Scope },
  shell: Shell,
): string {
  const { environment } = shell;
  const [base, path] = client.files[scope] ?? ['home', ''];
  if (base === 'project') return join(here(shell), path);
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? homedir();
  return join(
    server.folderOf(base, { platform: process.platform, home, root: '/', environment }),
    path,
  );
}

/** Returns the text of a file, or null where there is none. Errors: `Stop`. */
export function textOf(server: Server, path: string): string | null {
  const text = server.readWhole(path);
  if (text === null || typeof text === 'string') return text;
  throw new Stop(text.why, text.place);
}

/** Returns where a program is, or null. */
export function programIn({ environment }: Shell, name: string): string | null {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (isAbsolute(folder) && isProgram(path)) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Whatever keeps it from being started, it is none.
    return false;
  }
}
