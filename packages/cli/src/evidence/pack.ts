import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type OfflineRecord, packArchive, type PutFile, writePack } from '@plumbline/server';

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
    const target = isArchive(options.o) ? archiveAt(options.o, shell) : folderAt(options.o);
    try {
      await packRecord(record, { options, shell, put: target.put });
      await target.end();
    } catch (cause) {
      await target.end().catch(() => undefined);
      rmSync(options.o, { recursive: true, force: true });
      throw cause;
    }
  });
}

type Packing = Pick<Given, 'options' | 'shell'> & { readonly put: PutFile };

async function packRecord(record: OfflineRecord, { options, shell, put }: Packing): Promise<void> {
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
    put,
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

/** Where a pack goes; `end` resolves once all of it is there. */
type Target = { readonly put: PutFile; readonly end: () => Promise<void> };

const ARCHIVE = /\.(?:tar\.gz|tgz)$/;

function isArchive(place: string): boolean {
  return ARCHIVE.test(place);
}

function folderAt(folder: string): Target {
  made(folder, () => mkdirSync(folder, { mode: 0o700 }));
  const put: PutFile = (path, bytes) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };
  return { put, end: () => Promise.resolve() };
}

/** One file, in which everything stands below a folder of its name. */
function archiveAt(file: string, { wallMs }: Shell): Target {
  const handle = made(file, () => openSync(file, 'wx', 0o600));
  const { put, end, bytes } = packArchive(basename(file).replace(ARCHIVE, ''), wallMs());
  const written = (async () => {
    for await (const part of bytes) writeSync(handle, part);
    closeSync(handle);
  })();
  return {
    put,
    end: () => {
      end();
      return written;
    },
  };
}

function made<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const isThere = errorCode(cause) === 'EEXIST';
    throw new Stop(isThere ? 'is there already, name another' : errorCode(cause), place);
  }
}
