import { readConfig } from '../daemon/connection.ts';
import { loadServer } from '../daemon/load-server.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Client, placesOf, scopeOf, textOf } from './hook-place.ts';

/** What is given when hooks are removed. */
export type RemoveOptions = {
  readonly scope?: string;
  readonly dryRun?: boolean;
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
};

/** Takes hooks out of a client's files: as they were, where nobody changed them since. */
export async function removeHooks(
  client: Client,
  options: RemoveOptions,
  shell: Shell,
): Promise<void> {
  const server = await loadServer();
  const scope = options.scope === undefined ? null : scopeOf(client, options.scope);
  const { data: folder } = readConfig(server, options, shell);
  const records = new server.HookRecords(folder);
  const removed: { readonly path: string; readonly isExact: boolean | null }[] = [];
  for (const place of placesOf(server, client, shell)) {
    if (scope !== null && place.scope !== scope) continue;
    const { path } = place;
    const text = textOf(server, path);
    if (text === null || server.hooksIn(text).length === 0) {
      if (options.dryRun !== true) records.forget(path);
      continue;
    }
    if (options.dryRun === true) removed.push({ path, isExact: null });
    else removed.push({ path, isExact: takenOut(path, text) });
  }
  if (options.json === true) return shell.screen.json({ client: client.id, removed });
  if (removed.length === 0) return shell.screen.print(`no hooks of ours for ${client.title}`);
  shell.screen.print(removed.map(lineOf).join('\n'));

  function takenOut(path: string, text: string): boolean {
    try {
      return records.remove(path, text, server.withoutHooks(text));
    } catch (cause) {
      if (cause instanceof server.RewireRefused) throw new Stop(cause.message);
      throw cause;
    }
  }
}

function lineOf({
  path,
  isExact,
}: {
  readonly path: string;
  readonly isExact: boolean | null;
}): string {
  if (isExact === null) return `${path} has hooks that would be removed`;
  return isExact
    ? `${path} is as it was before`
    : `removed the hooks from ${path}; it was changed since`;
}
