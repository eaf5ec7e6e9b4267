import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { prepareFolder, StartRefused } from '../daemon/places.ts';

/** A start that was asked for with a configuration of its own, and failed. */
export type FailedStart = {
  /** The file it was asked for with; null: settings alone. */
  readonly configFile: string | null;
  /** The names of settings that were given beside it. */
  readonly settings: readonly string[];
  readonly message: string;
};

const shape = z.strictObject({
  configFile: z.string().nullable(),
  settings: z.array(z.string()).readonly(),
  message: z.string(),
});

const MOST_MESSAGE = 2_000;
const placeIn = (folder: string): string => join(folder, 'failed-start.json');

/**
 * Keeps in a data directory that a start failed, so that nothing else is started in its place: a
 * daemon with defaults would let through what the configuration was to hold back. Where nothing
 * can be written, nothing can be started either.
 */
export function noteFailedStart(folder: string, failed: FailedStart): void {
  const { message } = failed;
  const text = JSON.stringify({ ...failed, message: message.slice(0, MOST_MESSAGE) });
  try {
    writeFileSync(placeIn(prepareFolder(folder).folder), `${text}\n`, { mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof StartRefused) && !isOfSystem(cause)) throw cause;
  }
}

/** Returns what failed last, or null when nothing did. What cannot be read failed as well. */
export function readFailedStart(folder: string): FailedStart | null {
  const place = placeIn(folder);
  try {
    return shape.parse(JSON.parse(readFileSync(place, 'utf8')));
  } catch (cause) {
    if (isOfSystem(cause) && ['ENOENT', 'ENOTDIR'].includes(cause.code)) return null;
    return { configFile: null, settings: [], message: `${place} cannot be read` };
  }
}

/** Forgets it: a daemon runs as it was asked for. */
export function forgetFailedStart(folder: string): void {
  rmSync(placeIn(folder), { force: true });
}

/** Says what failed, and what to type. */
export function sayFailedStart({ configFile, settings, message }: FailedStart): string {
  const file = configFile === null ? '' : ` --config ${configFile}`;
  const sets = settings.map((name) => ` --set ${name}=…`).join('');
  return [
    `no daemon runs, and none is started with defaults: the last start was asked for with`,
    `\`plumb up${file}${sets}\` and failed: ${message}`,
    `start it that way once that is mended, or say \`plumb up\` for a daemon without it`,
  ].join('\n');
}

function isOfSystem(cause: unknown): cause is NodeJS.ErrnoException & { readonly code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string';
}
