import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import { type BuiltFile, readFolder } from './read-folder.ts';

/** How bytes are sent. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** A file of the site in one encoding. */
export type SiteFile = Pick<BuiltFile, 'mediaType' | 'isImmutable'> & {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  /** Whether another encoding of it could have been sent. */
  readonly hasEncodings: boolean;
  /** What `ETag` says, with quotes. */
  readonly etag: string;
};

/**
 * The console as it was built.
 *
 * Contract: paths are looked up among the files that were found, and lead nowhere else. A build
 * that was made again is seen within a second. Without a build there is no file at all.
 */
export type Site = {
  readonly file: (path: string, encodings: string) => Promise<SiteFile | undefined>;
};

/** The page every deep link is answered with. */
export const INDEX = 'index.html';

const LOOK_MS = 1_000;

type Build = { readonly mark: string; readonly files: ReadonlyMap<string, BuiltFile> };

const NO_BUILD: Build = { mark: '', files: new Map() };

/** Returns the site of a folder that may not be there yet. `failed` is told what is unreadable. */
export function openSite(
  folder: string,
  {
    failed,
    monotonicMs,
  }: {
    readonly failed: (cause: unknown) => void;
    readonly monotonicMs: () => number;
  },
): Site {
  let build: Promise<Build> = Promise.resolve(NO_BUILD);
  let lookedAt = -Infinity;
  const packed = new WeakMap<BuiltFile, Map<Encoding, Promise<Uint8Array>>>();
  const look = (): Promise<Build> => {
    if (monotonicMs() - lookedAt < LOOK_MS) return build;
    lookedAt = monotonicMs();
    build = build.then(async (before) => {
      try {
        const mark = await markOf(folder);
        return mark === before.mark
          ? before
          : { mark, files: mark === '' ? new Map() : await readFolder(folder) };
      } catch (cause) {
        failed(cause);
        return before;
      }
    });
    return build;
  };
  return {
    file: async (path, encodings) => {
      const found = (await look()).files.get(path);
      return found === undefined ? undefined : encoded(found, encodingOf(found, encodings), packed);
    },
  };
}

/** A build writes its page last, so that the page tells whether there is another build. */
async function markOf(folder: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(join(folder, INDEX));
    return `${mtimeMs} ${size} ${ino}`;
  } catch (cause) {
    if (cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT') return '';
    throw cause;
  }
}

function encodingOf({ isCompressible }: BuiltFile, accepted: string): Encoding {
  if (!isCompressible) return 'identity';
  const names = accepted
    .split(',')
    .filter((each) => !/;\s*q=0(?:\.0+)?\s*$/.test(each))
    .map((each) => each.split(';', 1)[0]?.trim().toLowerCase());
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : 'identity';
}

async function encoded(
  file: BuiltFile,
  encoding: Encoding,
  packed: WeakMap<BuiltFile, Map<Encoding, Promise<Uint8Array>>>,
): Promise<SiteFile> {
  const { mediaType, isImmutable, isCompressible: hasEncodings, tag } = file;
  const own = packed.get(file) ?? new Map<Encoding, Promise<Uint8Array>>();
  packed.set(file, own);
  const bytes = own.get(encoding) ?? pack(file.bytes, encoding);
  own.set(encoding, bytes);
  const etag = encoding === 'identity' ? `"${tag}"` : `"${tag}-${encoding}"`;
  return { bytes: await bytes, mediaType, isImmutable, encoding, hasEncodings, etag };
}

const QUALITY = 9;

/** Made when it is first asked for, off the loop, and kept as long as the build. */
function pack(bytes: Buffer, encoding: Encoding): Promise<Uint8Array> {
  switch (encoding) {
    case 'br': {
      const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY };
      return promisify(brotliCompress)(bytes, { params });
    }
    case 'gzip':
      return promisify(gzip)(bytes, { level: QUALITY });
    case 'identity':
      return Promise.resolve(bytes);
  }
}
