import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OfflineRecord, writePack } from '@plumbline/server';

import { errorCode } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Named, withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { momentOf } from './moment.ts';
import { trustedFor } from './trusted.ts';

/** The options of `plumb pack`; commander names what is left out of `--no-openings`. */
export type PackCommand = Omit<RecordOptions, 'openings'> & {
  readonly o: string;
  readonly agent?: string;
  readonly session?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly open?: readonly string[];
  readonly openings?: string | boolean;
  readonly key?: string;
};

type Given = Omit<Named, 'options'> & { readonly options: PackCommand; readonly shell: Shell };

/** Writes an evidence pack. */
export function pack({ where, options, shell }: Given): Promise<void> {
  const { openings, ...rest } = options;
  const read = typeof openings === 'string' ? { ...rest, openings } : rest;
  return withRecord({ where, options: read, shell }, async (record) => {
    makeFolder(options.o);
    try {
      await packRecord(record, options, shell);
    } catch (cause) {
      rmSync(options.o, { recursive: true, force: true });
      throw cause;
    }
  });
}

async function packRecord(
  record: OfflineRecord,
  options: PackCommand,
  shell: Shell,
): Promise<void> {
  const { key } = await trustedFor(record, options.key === undefined ? {} : { key: options.key });
  const { agent = null, session = [], from, to, open, openings } = options;
  const written = await writePack(
    record,
    {
      agent,
      sessions: session,
      fromAt: from === undefined ? -Infinity : momentOf(from, '--from'),
      untilAt: to === undefined ? Infinity : momentOf(to, '--to', 'end'),
      open: openings === false ? [] : (open ?? 'all'),
      key,
      madeAt: shell.wallMs(),
    },
    (path, bytes) => put(join(options.o, path), bytes),
  );
  const { manifest, isSigned } = written;
  const count = manifest.entries.length;
  if (options.json === true) {
    shell.screen.json({ folder: options.o, entries: count, openings: written.openings, isSigned });
    return;
  }
  const note = isSigned ? 'signed by the log' : 'not signed: the vault is not at hand';
  shell.screen.print(`${options.o}: ${count} entries, ${written.openings} opened, ${note}`);
  shell.screen.print(`VERIFY.md in it says what it shows, and how to check it`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const isThere = errorCode(cause) === 'EEXIST';
    throw new Stop(isThere ? 'is there already, name another' : errorCode(cause), folder);
  }
}

function put(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
