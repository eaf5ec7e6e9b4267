import {
  encodeBundle,
  encodeUtf8,
  Frontier,
  leafHash,
  type LogSource,
  type Sha256,
  signCheckpoint,
  type Signer,
  TILE_WIDTH,
  tilePath,
} from '../src/index.ts';

/** The files of a log, by path below its prefix. */
export type LogFiles = Map<string, Uint8Array>;

/** A tree written to memory: its files, its root, and the source that reads them. */
export type MemoryTree = {
  readonly files: LogFiles;
  readonly root: Uint8Array;
  readonly source: LogSource;
};

/** Writes entries as tiles and bundles, as a sequencer would after the last of them. */
export function writeTree(sha256: Sha256, entries: readonly Uint8Array[]): MemoryTree {
  const files: LogFiles = new Map();
  const frontier = new Frontier(sha256, ({ tile, bytes }) => files.set(tilePath(tile), bytes));
  for (const entry of entries) frontier.append(leafHash(sha256, entry));
  for (const { tile, bytes } of frontier.partialTiles()) files.set(tilePath(tile), bytes);
  for (let index = 0; index * TILE_WIDTH < entries.length; index += 1) {
    const some = entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    const bundle = encodeBundle(some);
    if (!bundle.ok) throw new Error(bundle.error.message);
    files.set(tilePath({ level: 'entries', index, width: some.length }), bundle.value);
  }
  return { files, root: frontier.root(), source: sourceOf(files) };
}

/** Writes entries and a signed checkpoint over them. */
export async function writeLog(
  sha256: Sha256,
  signer: Signer,
  entries: readonly Uint8Array[],
): Promise<MemoryTree> {
  const tree = writeTree(sha256, entries);
  const checkpoint = { origin: signer.key.name, size: entries.length, root: tree.root };
  tree.files.set('checkpoint', encodeUtf8(await signCheckpoint(signer, checkpoint)));
  return tree;
}

/** Reads files from memory. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>): LogSource {
  return { read: (path) => files.get(path) };
}

/** Entries `entry 0`, `entry 1`, …, each followed by a tag. */
export function makeEntries(count: number, tag = ''): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => encodeUtf8(`entry ${index}${tag}`));
}
