import { createReadStream, mkdirSync, openSync, readSync, closeSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';

import { OfflineError } from './offline-error.ts';

// Nothing but what a pack consists of is ever written, whatever an archive names.
const FILES_OF_PACK = [
  /^(?:checkpoint|key\.pem|verify\.py|VERIFY\.md|manifest\.(?:json|note)|SHA256SUMS)$/,
  /^entries\/\d{12}\.(?:json|tlog-proof|opening|plain\.json)$/,
  /^blobs\/[0-9a-f]{2}\/[0-9a-f]{64}$/,
];

const MOST_FILES = 500_000;
const MOST_FILE_BYTES = 64 * 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Returns whether a file begins as compressed ones do. */
export function isCompressed(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(GZIP.length);
    return readSync(handle, head) === GZIP.length && head.equals(GZIP);
  } finally {
    closeSync(handle);
  }
}

/**
 * Unpacks an evidence pack that came as one file (`.tar.gz`) into an empty folder. Nothing is
 * verified but that every file is one that packs have.
 *
 * Errors: `OfflineError` with the file.
 */
export async function unpackArchive(file: string, folder: string): Promise<void> {
  try {
    // A file is read as bytes, which the types of streams of Node leave open.
    const compressed = Readable.toWeb(createReadStream(file)) as ReadableStream<
      Uint8Array<ArrayBuffer>
    >;
    const files = compressed
      .pipeThrough(new DecompressionStream('gzip'))
      .pipeThrough(createTarDecoder({ strict: true }));
    await putAll(files, { file, folder });
  } catch (cause) {
    if (cause instanceof OfflineError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OfflineError(file, `is damaged, or no archive (${why}); download it again`, cause);
  }
}

type Place = { readonly file: string; readonly folder: string };

async function putAll(
  files: AsyncIterable<ParsedTarEntry>,
  { file, folder }: Place,
): Promise<void> {
  let [count, size] = [0, 0];
  for await (const { header, body } of files) {
    count += 1;
    size += header.size;
    if (count > MOST_FILES || size > MOST_BYTES || header.size > MOST_FILE_BYTES) {
      throw new OfflineError(file, 'is larger than any evidence pack; ask who gave it to you');
    }
    const path = pathOf(header, file);
    const bytes = await bytesOf(body);
    if (path === null) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Two files of one name would let a reader look at another than was verified.
    writeFileSync(join(folder, path), bytes, { flag: 'wx' });
  }
  if (count === 0) throw new OfflineError(file, 'holds no files; download it again');
}

/** Returns the path of a file within its pack, below the one folder of it; null: a folder. */
function pathOf({ name, type }: ParsedTarEntry['header'], file: string): string | null {
  if (type === 'directory') return null;
  const path = name.slice(name.indexOf('/') + 1);
  const isOfPack = FILES_OF_PACK.some((pattern) => pattern.test(path));
  if ((type === undefined || type === 'file') && isOfPack) return path;
  const shown = name.slice(0, 100).replace(/[^ -~]/g, '?');
  throw new OfflineError(file, `holds \`${shown}\`, which no evidence pack does`);
}

async function bytesOf(body: ParsedTarEntry['body']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
