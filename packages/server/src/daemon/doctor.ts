import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import {
  leafHash,
  openCheckpoint,
  readBundle,
  readCheckpoint,
  readTile,
  TILE_WIDTH,
} from '@plumbline/ledger';

import { isJsonObject } from '@plumbline/core';
import { openClient } from '../client/daemon-client.ts';
import { isAnswering } from '../client/ensure-daemon.ts';
import type { Config } from '../config/config.ts';
import { looksAtCuts } from '../executors/look-at-cuts.ts';
import { SEGMENT_FOLDER, STATE_FILE } from '../ledger/layout.ts';
import { folderSource } from '../ledger/log-source.ts';
import { parseLogState } from '../ledger/log-state.ts';
import { primitives } from '../ledger/primitives.ts';
import { loadRootKey } from '../seal/root-key.ts';
import { openVaultReadOnly } from '../store/embedded/vault.ts';
import type { Examining, Finding } from './finding.ts';
import { looksAtContainers } from './examine-containers.ts';
import { isHeld, readHolder } from './lock.ts';
import { type Places, placesOf } from './places.ts';

const LEAST_NODE = 24;
const STALE_MS = 60_000;
const PUT_BACK = 'put back the newest copy of the data directory';

/** Looks at everything a daemon stands on, whether it runs or not, and changes nothing. */
export async function examine(config: Config, examining: Examining): Promise<readonly Finding[]> {
  const places = placesOf(config.data);
  const isRunning = existsSync(places.lock) && isHeld(places);
  const looks: readonly (readonly [string, () => Promise<Finding> | Finding])[] = [
    ['Node', nodeVersion],
    ['data directory', () => folder(places)],
    ['disk', () => space(config)],
    ['root key', () => rootKey(config, examining)],
    ['vault', () => vault(config, places, examining)],
    ['log', () => log(config, places)],
    ['checkpoint', () => checkpoint(places, examining, isRunning)],
    ['socket', () => socket(places, isRunning)],
    ['address', () => address(config, isRunning)],
    ['attention', () => attention(places, isRunning)],
    ...looksAtContainers(config, examining),
    ...looksAtCuts(config),
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) findings.push(await tried(what, look));
  return findings;
}

/** What cannot be looked at is a finding too. */
async function tried(what: string, look: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return { ...(await look()), what };
  } catch (cause) {
    const says = cause instanceof Error ? cause.message : String(cause);
    return { what, state: 'fail', says, next: 'mend what the message names, then ask again' };
  }
}

const ok = (says: string): Finding => ({ what: '', state: 'ok', says, next: null });
const warn = (says: string, next: string): Finding => ({ what: '', state: 'warn', says, next });
const fail = (says: string, next: string): Finding => ({ what: '', state: 'fail', says, next });

function nodeVersion(): Finding {
  const { node } = process.versions;
  const major = Number(node.split('.')[0]);
  return major >= LEAST_NODE ? ok(node) : fail(node, `install Node ${LEAST_NODE} or newer`);
}

function folder({ folder: path }: Places): Finding {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return warn(`${path} is not there yet`, '`plumb up` makes it');
  if (!found.isDirectory()) return fail(`${path} is no folder`, 'choose another `data`');
  if ((found.mode & 0o077) === 0) return ok(path);
  return fail(`${path} is open to other users`, `run \`chmod 700 ${path}\``);
}

function space({ data: path, disk }: Config): Finding {
  if (!existsSync(path)) return ok('is looked at once there is a data directory');
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  const says = `${Math.floor(free / 1_048_576)} MiB free`;
  if (free < disk.refuseBytes) return fail(says, 'free some space: nothing is accepted');
  return free < disk.warnBytes
    ? warn(says, 'free some space before nothing is accepted')
    : ok(says);
}

function rootKey({ rootKey: source, data: path }: Config, { credentials }: Examining): Finding {
  if (source.kind === 'file' && !existsSync(source.path) && !existsSync(join(path, 'vault.db'))) {
    return warn('is not there yet', '`plumb up` makes it');
  }
  return ok(loadRootKey(source, { data: path, credentials }).source);
}

async function vault(config: Config, places: Places, { credentials }: Examining): Promise<Finding> {
  if (!existsSync(places.vault)) {
    return existsSync(join(config.data, STATE_FILE))
      ? fail('is gone, and the log is there', '`plumb restore --vault <folder>` puts it back')
      : warn('is not there yet', '`plumb up` makes it');
  }
  const { mode } = statSync(places.vault);
  if ((mode & 0o077) !== 0) {
    return fail(`${places.vault} is open to other users`, `run \`chmod 600 ${places.vault}\``);
  }
  const key = loadRootKey(config.rootKey, { data: config.data, credentials });
  const reader = openVaultReadOnly({ file: places.vault, rootKey: key.bytes });
  try {
    const keys = await reader.keys();
    const admins = keys.filter((each) => each.revokedAt === null && each.roles.includes('admin'));
    const says = `opens with the root key, ${keys.length} API keys`;
    return admins.length > 0
      ? ok(says)
      : warn(`${says}, no admin`, '`plumb key recover --name <you>` makes an admin key');
  } finally {
    await reader.close();
  }
}

/** Holds the last bundle to its tile, and the state to the checkpoint. */
async function log(config: Config, places: Places): Promise<Finding> {
  const file = join(config.data, STATE_FILE);
  const published = join(places.log, 'checkpoint');
  const segments = join(config.data, SEGMENT_FOLDER);
  if (!existsSync(file)) {
    return existsSync(published) || isFilled(segments)
      ? fail(`${file} is gone, and the log is there`, PUT_BACK)
      : warn('does not begin yet', '`plumb up` begins it');
  }
  if (!isFilled(segments)) return fail(`${segments} is gone or empty`, PUT_BACK);
  const state = parseLogState(readFileSync(file));
  if (state === undefined) return fail(`${file} cannot be read`, 'put back the newest copy');
  if (!existsSync(published)) return warn(`${published} is gone`, '`plumb up` publishes it again');
  const bytes = readFileSync(published);
  const stated = readCheckpoint(bytes);
  if (!stated.ok) return fail(stated.error.message, 'put the file back from a copy');
  const { size } = stated.value.checkpoint;
  const isSigned = await isSignedByAny(bytes, state.keys);
  if (!isSigned) return fail('the checkpoint is not signed by the log', 'run `plumb verify`');
  const says = `${state.origin}, ${size} entries published`;
  if (size === 0) return ok(says);
  const source = folderSource(places.log);
  const index = Math.floor((size - 1) / TILE_WIDTH);
  const bundle = await readBundle(source, { index, size });
  const tile = await readTile(source, { level: 0, index, size });
  if (!bundle.ok) return fail(bundle.error.message, 'run `plumb verify`');
  if (!tile.ok) return fail(tile.error.message, 'run `plumb verify`');
  const leaves = bundle.value.map((entry) => leafHash(primitives.sha256, entry));
  return Buffer.concat(leaves).equals(tile.value)
    ? ok(`${says}; \`plumb verify\` looks at every one`)
    : fail(`${says}; the last bundle and its tile differ`, 'run `plumb verify`');
}

function isFilled(path: string): boolean {
  return existsSync(path) && readdirSync(path).length > 0;
}

async function isSignedByAny(
  bytes: Uint8Array,
  keys: readonly { readonly key: Parameters<typeof openCheckpoint>[2] }[],
): Promise<boolean> {
  for (const { key } of keys) {
    if ((await openCheckpoint(primitives, bytes, key)).ok) return true;
  }
  return false;
}

function checkpoint(places: Places, { now }: Examining, isRunning: boolean): Finding {
  const found = statSync(join(places.log, 'checkpoint'), { throwIfNoEntry: false });
  if (found === undefined) return warn('none yet', '`plumb up` publishes one');
  const ageMs = now - found.mtimeMs;
  const says = `published ${new Date(found.mtimeMs).toISOString()}`;
  if (ageMs < -STALE_MS) return fail(`${says}, in the future`, "set this machine's clock right");
  const isStale = isRunning && ageMs > 10 * STALE_MS;
  return isStale ? warn(says, 'a running daemon writes a heartbeat: see its log') : ok(says);
}

async function socket(places: Places, isRunning: boolean): Promise<Finding> {
  if (!isRunning) return warn('no daemon runs', '`plumb up` starts one');
  const holder = readHolder(places);
  const who = `pid ${holder?.pid ?? 'unknown'}`;
  return (await isAnswering(places.folder))
    ? ok(`${who} answers`)
    : fail(`${who} holds the data directory and does not answer`, 'see its log, then end it');
}

/** What keeps nothing from working and waits for a person all the same. */
async function attention({ socket: path }: Places, isRunning: boolean): Promise<Finding> {
  if (!isRunning) return ok('is looked at while the daemon runs');
  const client = openClient({ kind: 'socket', path });
  try {
    const said = await client.ask({ method: 'GET', path: '/readyz' });
    const waiting = isJsonObject(said) ? said['attention'] : undefined;
    if (!Array.isArray(waiting) || waiting.length === 0) return ok('nothing waits for a person');
    return warn(JSON.stringify(waiting), 'each line says which command shows more');
  } finally {
    await client.close();
  }
}

async function address({ listen: { http } }: Config, isRunning: boolean): Promise<Finding> {
  if (http === null) return ok('the socket alone');
  const says = `${http.host}:${http.port}`;
  if (isRunning) return ok(says);
  const isFree = await new Promise<boolean>((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: http.host, port: http.port }, () => server.close(() => resolve(true)));
  });
  return isFree ? ok(`${says} is free`) : fail(`${says} is taken`, 'choose another `listen.http`');
}
