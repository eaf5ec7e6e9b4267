import type { Manifest } from '../manifest/manifest.ts';
import type { Line } from '../readers/lines.ts';
import type { Format } from '../readers/run.ts';
import type { ReportParts } from '../report/report.ts';
import type { Filters } from './replay.ts';

/** What a worker is started with. */
export type WorkerJob = {
  readonly manifest: Manifest;
  readonly pactDir: string;
  readonly hasTasks: boolean;
  readonly filters: Filters;
};

/**
 * Lines on their way to a worker: one block of bytes, and where each line ends in it.
 *
 * `at` counts the batches of a replay from 0, so that the earliest fault can be told.
 */
export type Batch = {
  readonly at: number;
  readonly path: string;
  readonly format: Format;
  readonly bytes: ArrayBuffer;
  readonly ends: readonly number[];
  readonly numbers: readonly number[];
};

/** What a worker is told. */
export type Order = { readonly kind: 'batch'; readonly batch: Batch } | { readonly kind: 'end' };

/** What a worker answers. */
export type Answer =
  | { readonly kind: 'done'; readonly at: number; readonly runs: number }
  | {
      readonly kind: 'stop';
      readonly at: number;
      readonly reason: string;
      readonly place: string | null;
    }
  | { readonly kind: 'report'; readonly parts: ReportParts };

/** Returns lines as a batch that can be given away: its bytes are a copy. */
export function packBatch(
  lines: readonly Line[],
  { at, path, format }: Pick<Batch, 'at' | 'path' | 'format'>,
): Batch {
  const size = lines.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const block = new Uint8Array(size);
  const ends: number[] = [];
  let end = 0;
  for (const { bytes } of lines) {
    block.set(bytes, end);
    end += bytes.length;
    ends.push(end);
  }
  return { at, path, format, bytes: block.buffer, ends, numbers: lines.map((line) => line.number) };
}

/** Returns the lines of a batch; they share its bytes. */
export function unpackBatch({ bytes, ends, numbers }: Batch): readonly Line[] {
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    return { number: numbers[index] ?? 0, bytes: Buffer.from(bytes, start, end - start) };
  });
}
