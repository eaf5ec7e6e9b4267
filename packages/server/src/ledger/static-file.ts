import { parseTilePath } from '@plumbline/ledger';
import { LOG_FOLDER } from './layout.ts';

/** A file of the log as it is served. */
export type StaticFile = {
  /** Below the data directory. */
  readonly path: string;
  readonly mediaType: string;
  readonly cacheSeconds: number;
  readonly isImmutable: boolean;
};

const YEAR = 31_536_000;
const FEW_SECONDS = 2;
const checkpoint = { mediaType: 'text/plain; charset=utf-8', cacheSeconds: FEW_SECONDS };
const bytes = { mediaType: 'application/octet-stream', cacheSeconds: YEAR };
const stamp = { mediaType: 'application/timestamp-reply', cacheSeconds: YEAR };

/**
 * Returns the file behind a path below `/log/`, such as `tile/0/000`, or undefined for everything
 * that is not exactly the path of a checkpoint, tile, bundle, blob or time-stamp, of the log or of
 * a rolled one. Whether the file is there is the disk's to say.
 */
export function staticFile(path: string): StaticFile | undefined {
  const own = path.replace(/^rolled\/(?:0|[1-9]\d{0,8})\//, '');
  const kind = kindOf(own);
  if (kind === undefined) return undefined;
  return { path: `${LOG_FOLDER}/${path}`, ...kind, isImmutable: kind.cacheSeconds === YEAR };
}

function kindOf(path: string): Pick<StaticFile, 'mediaType' | 'cacheSeconds'> | undefined {
  if (path === 'checkpoint') return checkpoint;
  if (parseTilePath(path) !== undefined) return bytes;
  if (/^timestamps\/(?:0|[1-9]\d{0,15})\.tsr$/.test(path)) return stamp;
  const [, prefix, hex] = /^blobs\/([0-9a-f]{2})\/([0-9a-f]{64})$/.exec(path) ?? [];
  return hex !== undefined && hex.startsWith(prefix ?? '-') ? bytes : undefined;
}
