import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { RootKeySource } from '../config/config.ts';

/** Where the root key comes from. It never stands in the data directory. */
export type RootKey = {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** Where it came from, for people: a path, never the key. */
  readonly source: string;
};

/** Why there is no root key to work with. */
export type RootKeyFault =
  'missing' | 'exists' | 'no-access' | 'open-to-others' | 'malformed' | 'inside-data';

/** The root key was refused; the message says what to do and never holds the key. */
export class RootKeyError extends Error {
  readonly fault: RootKeyFault;

  constructor(fault: RootKeyFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** What the environment knows of where keys may be. */
export type RootKeyPlaces = {
  /** The data directory, which must not hold the key. */
  readonly data: string;
  /** The folder systemd puts credentials in (`$CREDENTIALS_DIRECTORY`), or null without systemd. */
  readonly credentials: string | null;
};

const KEY_BYTES = 32;
const MAX_FILE_BYTES = 4_096;
const OTHERS = 0o077;

const EXPLANATION = `# The root key of Plumbline. The vault beside the ledger is encrypted under it.
# Keep a copy in a safe place, apart from the backups of the vault: without this key nothing that
# was sealed can be opened again, and whoever has both can open everything.
`;

/** Loads the root key. Errors: `RootKeyError`. */
export function loadRootKey(source: RootKeySource, places: RootKeyPlaces): RootKey {
  const path = pathOf(source, places);
  const text = readChecked(path, source.kind, places);
  const bytes = parseRootKey(text);
  if (bytes !== undefined) return { bytes, source: path };
  const advice = 'it must hold 32 bytes as 64 hexadecimal digits or as base64';
  throw new RootKeyError('malformed', `\`${path}\` holds no root key: ${advice}`);
}

/**
 * Makes a root key in a file that is not there yet, for its owner alone; durable when this returns.
 * Errors: `RootKeyError`.
 */
export function createRootKey(
  path: string,
  places: Pick<RootKeyPlaces, 'data'>,
  random: (size: number) => Uint8Array = randomBytes,
): RootKey {
  const folder = dirname(resolve(path));
  const bytes = Uint8Array.from(random(KEY_BYTES));
  try {
    refuseInside(path, places.data);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const text = `${EXPLANATION}${Buffer.from(bytes).toString('hex')}\n`;
    withFile(openSync(path, 'wx', 0o600), (file) => {
      writeSync(file, text);
      fsyncSync(file);
    });
    withFile(openSync(folder, 'r'), fsyncSync);
  } catch (cause) {
    throw createError(path, cause);
  }
  return { bytes, source: path };
}

/** Returns the key of a text: 32 bytes in hex or base64 on one line; lines with `#` say nothing. */
function parseRootKey(text: string): Uint8Array | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const [line = '', ...others] = lines.filter((given) => given !== '' && !given.startsWith('#'));
  if (others.length > 0) return undefined;
  const isHex = /^[0-9a-fA-F]{64}$/.test(line);
  const isBase64 = /^[A-Za-z0-9+/]{43}=$/.test(line);
  if (!isHex && !isBase64) return undefined;
  return Uint8Array.from(Buffer.from(line, isHex ? 'hex' : 'base64'));
}

function pathOf(source: RootKeySource, { credentials }: RootKeyPlaces): string {
  if (source.kind === 'file') return resolve(source.path);
  if (credentials === null) {
    const advice = 'start the daemon as a service with `LoadCredential=`, or name a file';
    const message = `there is no credential \`${source.name}\` outside of systemd: ${advice}`;
    throw new RootKeyError('missing', message);
  }
  if (/^[A-Za-z0-9_.-]+$/.test(source.name) && !/^\.+$/.test(source.name)) {
    return join(credentials, source.name);
  }
  throw new RootKeyError('missing', `\`${source.name}\` is no name of a credential`);
}

function refuseInside(path: string, home: string): void {
  const place = relative(realPath(home), realPath(path));
  const isInside = place !== '..' && !place.startsWith(`..${sep}`) && resolve(place) !== place;
  if (!isInside) return;
  const advice = 'move it elsewhere, so that a copy of the data does not carry its key';
  throw new RootKeyError('inside-data', `\`${path}\` is inside \`${home}\`: ${advice}`);
}

/** Returns a path without links; of what is not there yet, the nearest folder's. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch (error) {
    const folder = dirname(whole);
    if (!hasCode(error, 'ENOENT') || folder === whole) throw error;
    return join(realPath(folder), relative(folder, whole));
  }
}

function readChecked(path: string, kind: RootKeySource['kind'], places: RootKeyPlaces): string {
  try {
    refuseInside(path, places.data);
    return withFile(openSync(path, 'r'), (file) => {
      const stats = fstatSync(file);
      // A credential is put there by systemd, for the service alone, with a mode of its choosing.
      if (kind === 'file') refuseOthers(path, stats);
      return stats.isFile() && stats.size <= MAX_FILE_BYTES ? readFileSync(file, 'utf8') : '';
    });
  } catch (cause) {
    if (cause instanceof RootKeyError) throw cause;
    if (hasCode(cause, 'ENOENT')) {
      const advice = 'put the key there, or say where it is; a lost key cannot be made again';
      throw new RootKeyError('missing', `there is no root key \`${path}\`: ${advice}`, cause);
    }
    const advice = 'check the owner and mode of the file and its folders';
    throw new RootKeyError('no-access', `\`${path}\` cannot be read: ${advice}`, cause);
  }
}

function refuseOthers(path: string, stats: Stats): void {
  const own = process.getuid?.();
  if (own !== undefined && stats.uid !== own && stats.uid !== 0) {
    const message = `\`${path}\` belongs to another user: run \`chown\` on it`;
    throw new RootKeyError('open-to-others', message);
  }
  if ((stats.mode & OTHERS) === 0) return;
  const message = `\`${path}\` is open to other users: run \`chmod 600 ${path}\``;
  throw new RootKeyError('open-to-others', message);
}

function createError(path: string, cause: unknown): RootKeyError {
  if (cause instanceof RootKeyError) return cause;
  if (hasCode(cause, 'EEXIST')) {
    const advice = 'it is used as it is, and never written over';
    return new RootKeyError('exists', `\`${path}\` is already there: ${advice}`, cause);
  }
  const advice = 'check its folder, owner and mode, and the room on its disk';
  return new RootKeyError('no-access', `no root key was made at \`${path}\`: ${advice}`, cause);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function withFile<T>(file: number, work: (file: number) => T): T {
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}
