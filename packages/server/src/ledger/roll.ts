import { type Checkpoint, emptyRoot, encodeUtf8, equalBytes, type Signer } from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';
import { LOG_FOLDER, logNumber, rolledFolder, SEGMENT_FOLDER } from './layout.ts';
import type { LogOptions } from './log-options.ts';
import type { LogState, StateFile } from './log-state.ts';
import { primitives } from './primitives.ts';
import { staticFile } from './static-file.ts';
import { FileWriter, folderOf } from './write-files.ts';

type Rolling = Pick<LogOptions, 'disk' | 'origin' | 'signers' | 'clock'>;

/** Beside a rolled log's checkpoint: when it was rolled, in milliseconds; never served. */
export const ROLLED_AT = 'rolled-at';

const FILES_AT_ONCE = 64;

/** Returns the log that follows one: empty, and called `<base>/<n>`. */
export function nextLog(base: string, origin: string): Checkpoint {
  const number = (logNumber(base, origin) ?? 0) + 1;
  return { origin: `${base}/${number}`, size: 0, root: emptyRoot(primitives.sha256) };
}

/**
 * Puts a log that ended among the rolled ones and makes room for the next. Each step can be done
 * twice, and the state says which is next, so a crash anywhere only repeats one.
 */
export async function finishRoll(state: StateFile, rolling: Rolling): Promise<void> {
  if (state.state.phase === 'ended') await state.advance({ ...state.state, phase: 'rolling' });
  if (state.state.phase === 'rolling') {
    await copyLog(state.state, rolling);
    await state.advance(clearingFor(state.state, rolling));
  }
  await clear(rolling.disk);
  await state.advance({ ...state.state, phase: 'open' });
}

function clearingFor(ended: LogState, { origin, signers }: Rolling): LogState {
  const next = nextLog(origin, ended.origin);
  const offered = signers(next.origin);
  const signer = offered.find((each) => isOf(each, ended)) ?? offered[0];
  if (signer === undefined) throw new Error(`bug: no signer for \`${next.origin}\``);
  const before = { origin: ended.origin, size: ended.size, root: ended.root };
  return { ...next, phase: 'clearing', before, keys: [{ fromSize: 0, key: signer.key }] };
}

/** Whether a signer has the key that the ended log was signed with last. */
function isOf({ key }: Signer, { keys }: LogState): boolean {
  const last = keys.at(-1);
  return last !== undefined && equalBytes(key.publicKey, last.key.publicKey);
}

async function copyLog({ origin }: LogState, rolling: Rolling): Promise<void> {
  const { disk, clock } = rolling;
  const folder = rolledFolder(logNumber(rolling.origin, origin) ?? 0);
  const paths = await listLog(disk, LOG_FOLDER);
  await inParallel(paths, (path) => disk.link(`${LOG_FOLDER}/${path}`, `${folder}/${path}`));
  const linked = new Set(paths.map((path) => folderOf(`${folder}/${path}`)));
  await inParallel([...linked], (each) => disk.syncFolder(each));
  await new FileWriter(disk).write([
    { path: `${folder}/${ROLLED_AT}`, bytes: encodeUtf8(`${clock()}\n`) },
  ]);
}

/** Removes the files of the log and its segments from where the next log begins. */
async function clear(disk: Disk): Promise<void> {
  const served = (await listLog(disk, LOG_FOLDER)).map((path) => `${LOG_FOLDER}/${path}`);
  const segments = (await disk.list(SEGMENT_FOLDER)).map((name) => `${SEGMENT_FOLDER}/${name}`);
  await removeFiles(disk, [...served, ...segments]);
}

/** Removes files, and makes that durable. */
export async function removeFiles(disk: Disk, paths: readonly string[]): Promise<void> {
  await inParallel(paths, (path) => disk.remove(path));
  await inParallel([...new Set(paths.map(folderOf))], (folder) => disk.syncFolder(folder));
}

/** Nobody is answered while a log is rolled over, so that files are not taken one by one. */
async function inParallel(
  paths: readonly string[],
  act: (path: string) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < paths.length; at += FILES_AT_ONCE) {
    await Promise.all(paths.slice(at, at + FILES_AT_ONCE).map(act));
  }
}

/** Returns the paths of a log's files below its folder; of those rolled below it, none. */
export async function listLog(disk: Disk, folder: string, below = ''): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await disk.list(below === '' ? folder : `${folder}/${below}`)) {
    const path = below === '' ? name : `${below}/${name}`;
    if (staticFile(path) !== undefined) found.push(path);
    else if (isFolder(path)) found.push(...(await listLog(disk, folder, path)));
  }
  return found;
}

// A disk lists names alone. These are all the folders a log has.
const folders = [
  /^tile(?:\/(?:entries|\d{1,2})(?:\/x\d{3}){0,5}(?:\/\d{3}\.p)?)?$/,
  /^blobs(?:\/[0-9a-f]{2})?$/,
  /^timestamps$/,
];

function isFolder(path: string): boolean {
  return folders.some((folder) => folder.test(path));
}
