import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Where everything stands in the data directory. Source: docs/daemon.md, "What is on the disk". */
export type Places = {
  readonly folder: string;
  readonly lock: string;
  readonly holder: string;
  readonly socket: string;
  readonly vault: string;
  readonly models: string;
  readonly outbox: string;
  readonly log: string;
  readonly halts: string;
};

/** The daemon does not start; the message says what to do. */
export class StartRefused extends Error {}

const PATH_BYTES = 103;

/** Returns the places of a data directory, without looking at the disk. */
export function placesOf(folder: string): Places {
  return {
    folder,
    lock: join(folder, 'lock.db'),
    holder: join(folder, 'daemon.json'),
    socket: join(folder, 'daemon.sock'),
    vault: join(folder, 'vault.db'),
    models: join(folder, 'models.db'),
    outbox: join(folder, 'outbox.db'),
    log: join(folder, 'log'),
    halts: join(folder, 'halts'),
  };
}

/**
 * Returns the places of a data directory that this user alone may enter, made when it is not there.
 *
 * Errors: `StartRefused` when it is no folder, another's, not writable, or too long for a socket.
 */
export function prepareFolder(folder: string): Places {
  const places = placesOf(folder);
  if (Buffer.byteLength(places.socket) > PATH_BYTES) {
    throw new StartRefused(
      `${places.socket}: longer than the ${PATH_BYTES} bytes a socket's path may have; ` +
        'choose a shorter `data`',
    );
  }
  makeFolder(folder);
  const found = attempt(folder, () => statSync(folder));
  if (!found.isDirectory())
    throw new StartRefused(`${folder}: is no folder; choose another \`data\``);
  refuseOthers(folder, found);
  attempt(folder, () => accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK));
  if ((found.mode & 0o077) !== 0) attempt(folder, () => chmodSync(folder, 0o700));
  return places;
}

/** Makes what is missing of a path. Node's own way never ends where the kernel makes no folders. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  attempt(folder, () => {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (cause) {
      // Another start made it meanwhile.
      if (!existsSync(folder)) throw cause;
    }
  });
}

function refuseOthers(folder: string, { uid }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined || own === 0 || uid === own) return;
  throw new StartRefused(
    `${folder}: belongs to user ${uid} and the daemon runs as ${own}; start it as that user, ` +
      'or give the folder to this one',
  );
}

function attempt<T>(place: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new StartRefused(whyRefused(place, cause), { cause });
  }
}

/** Returns what a person does about a system error at a place of the data directory. */
export function whyRefused(place: string, cause: unknown): string {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `${place}: this user may not write here; give the folder to the daemon's user`;
    case 'EROFS':
      return `${place}: the file system is read-only; mount it writable or choose another \`data\``;
    case 'ENOSPC':
    case 'EDQUOT':
      return `${place}: no space is left; free some and start again, nothing has to be repaired`;
    case 'ENOENT':
      return `${place}: no folder can be made here; choose another \`data\``;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${place}: a file stands where a folder is needed; choose another \`data\``;
    default:
      return `${place}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
