import { resolve } from 'node:path';

import type { Shell } from '../shell.ts';
import type { Server } from './load-server.ts';

type Told = NonNullable<Parameters<Server['loadConfig']>[1]>;

/** What becomes of a start that was asked for. */
export type AskedStart = {
  /** It failed: no command starts another kind of daemon in its place. */
  readonly failed: (message: string) => void;
  readonly started: () => void;
};

/**
 * Returns what remembers a start. It stands where commands look that are told nothing of its
 * configuration, and in the data directory itself where that is known. A start without a
 * configuration of its own leaves nothing behind: another one is the same.
 */
export function askedStart(
  server: Server,
  { told, folder }: { readonly told: Told; readonly folder: string | null },
  { environment }: Shell,
): AskedStart {
  const bare = bareFolder(server, told, environment);
  const folders = new Set([bare, folder].filter((each) => each !== null));
  const isOwn = server.hasOwnConfig({ told, environment });
  const configFile = told.configFile ?? environment['PLUMBLINE_CONFIG'];
  const settings = [...(told.settings?.keys() ?? [])].filter((path) => path !== 'data');
  return {
    failed: (message) => {
      if (!isOwn) return;
      const file = configFile === undefined ? null : resolve(configFile);
      for (const each of folders) {
        server.noteFailedStart(each, { configFile: file, settings, message });
      }
    },
    started: () => {
      for (const each of folders) server.forgetFailedStart(each);
    },
  };
}

/** The data directory of commands that say nothing but where; null where even that is wrong. */
function bareFolder(
  server: Server,
  { settings }: Told,
  environment: Shell['environment'],
): string | null {
  const where = settings?.get('data');
  const { PLUMBLINE_CONFIG: _, ...bare } = environment;
  try {
    const told = where === undefined ? {} : { settings: new Map([['data', where]]) };
    return server.loadConfig(bare, told).data;
  } catch (cause) {
    if (cause instanceof server.ConfigError) return null;
    throw cause;
  }
}
