import { parseDecimal } from '../bytes.ts';

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;

/**
 * One immutable file of a log.
 *
 * level: 0 holds leaf hashes, each level above one hash per full tile below; `entries` holds the
 * entries themselves, as wide and as many as level 0.
 * width: 256 when full, 1 to 255 when partial.
 * Source: c2sp.org/tlog-tiles.
 */
export type Tile = {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
};

/** Returns the path below the log's prefix: `tile/0/x001/x234/067.p/8`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const last = groups.length - 1;
  const path = groups.map((group, at) => (at < last ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Returns the tile of a path, or undefined unless `tilePath` prints it back the same. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const [, levelText = '', indexText = '', widthText] = match;
  const level = levelText === 'entries' ? 'entries' : parseDecimal(levelText);
  const index = Number(indexText.replace(/[x/]/g, ''));
  const width = widthText === undefined ? TILE_WIDTH : parseDecimal(widthText);
  if (level === undefined || width === undefined || !Number.isSafeInteger(index)) return undefined;
  if (level !== 'entries' && level > 63) return undefined;
  const tile: Tile = { level, index, width };
  return width >= 1 && width <= TILE_WIDTH && tilePath(tile) === path ? tile : undefined;
}

/** Returns how many hashes stand in one tile of a tree of `size`, 0 to 256. */
export function tileWidth(size: number, level: number | 'entries', index: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** Returns the partial tiles of hashes that a tree of `size` needs, lowest level first. */
export function partialTiles(size: number): readonly (Tile & { readonly level: number })[] {
  const tiles = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1) {
    const width = hashes % TILE_WIDTH;
    hashes = Math.floor(hashes / TILE_WIDTH);
    if (width > 0) tiles.push({ level, index: hashes, width });
  }
  return tiles;
}
