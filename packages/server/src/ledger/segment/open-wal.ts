import { ID_BYTES } from './format.ts';
import { recoverSegments } from './recover.ts';
import { planSegment } from './segment.ts';
import { SegmentFolder } from './segment-folder.ts';
import { SegmentWal } from './segment-wal.ts';
import type { Wal, WalOptions } from './wal.ts';

const MIN_SEGMENT_BYTES = 131_072;
// A segment is read whole when it is recovered.
const MAX_SEGMENT_BYTES = 1_073_741_824;

/**
 * Returns the write-ahead log of a folder, made when there is none, recovered otherwise.
 *
 * Errors: `WalRefused` when the segments are not what a crash leaves behind; `DiskError` when the
 * disk fails. Nothing was acknowledged then, and opening again is safe.
 */
export async function openWal(options: WalOptions): Promise<Wal> {
  const { disk, covered, segmentBytes, random } = options;
  if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
    const bounds = `${MIN_SEGMENT_BYTES} up to ${MAX_SEGMENT_BYTES}`;
    throw new RangeError(`a segment of ${segmentBytes} bytes: it has ${bounds}`);
  }
  const folder = new SegmentFolder({ disk, folder: options.folder, segmentBytes });
  const found = await recoverSegments(folder, covered);
  if (found.length > 0) return new SegmentWal(options, folder, found);
  const previous = new Uint8Array(ID_BYTES);
  const plan = planSegment({ first: covered, id: random(ID_BYTES), previous });
  return new SegmentWal(options, folder, [await folder.create(plan)]);
}
