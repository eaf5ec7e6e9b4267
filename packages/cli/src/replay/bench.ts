import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { openLog, parseLine, readLines } from '../readers/lines.ts';

/**
 * What reading alone costs. `bareMs`: one thread unzips all, splits it into lines and parses each
 * as JSON. `streamedMs`: the same through the reader of this program, which unzips in another
 * thread. `share` and `streamedShare` are these times over that of the replay.
 */
export type Bench = {
  readonly bareMs: number;
  readonly share: number;
  readonly streamedMs: number;
  readonly streamedShare: number;
};

/** Returns what reading the files alone costs, the faster of two passes each. */
export async function benchOf(paths: readonly string[], elapsedMs: number): Promise<Bench> {
  const bareMs = Math.min(bareMsOf(paths), bareMsOf(paths));
  const streamedMs = Math.min(await streamedMsOf(paths), await streamedMsOf(paths));
  return { bareMs, share: bareMs / elapsedMs, streamedMs, streamedShare: streamedMs / elapsedMs };
}

function bareMsOf(paths: readonly string[]): number {
  const startedMs = performance.now();
  for (const path of paths) {
    const bytes = readFileSync(path);
    const text = (openLog(path).isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
  }
  return performance.now() - startedMs;
}

async function streamedMsOf(paths: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  for (const path of paths) {
    for await (const lines of readLines(openLog(path))) {
      for (const line of lines) parseLine(line, path);
    }
  }
  return performance.now() - startedMs;
}
