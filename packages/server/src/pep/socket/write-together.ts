import type { Writable } from 'node:stream';

/**
 * Writes to a stream. What is written to it in one turn goes out in one piece at the end of that
 * turn, before anything of the outside world is looked at: nothing is waited for.
 */
export function writeTogether(stream: Writable, bytes: Buffer | string): void {
  if (stream.writableCorked === 0) {
    stream.cork();
    process.nextTick(() => stream.uncork());
  }
  stream.write(bytes);
}
