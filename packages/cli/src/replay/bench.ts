import { openLog, parseLine, readLines } from '../readers/lines.ts';

/**
 * Returns how long reading and parsing alone takes, in milliseconds: unzip, cut into lines, parse
 * each as JSON, and drop it. The faster of two passes, since the first one also warms up.
 */
export async function bareReadMs(paths: readonly string[]): Promise<number> {
  const first = await onePassMs(paths);
  return Math.min(first, await onePassMs(paths));
}

async function onePassMs(paths: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  for (const path of paths) {
    for await (const lines of readLines(openLog(path))) {
      for (const line of lines) parseLine(line, path);
    }
  }
  return performance.now() - startedMs;
}
