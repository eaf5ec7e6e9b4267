import { setTimeout as pause } from 'node:timers/promises';

/** What has not come by then never comes, however busy the machine is. */
const PATIENCE_MS = 60_000;

/**
 * Looks again until something is there, and returns it. Tests wait for the thing itself with this:
 * a pause that is long enough on one machine is too short on a busy one.
 */
export async function until<T>(
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  for (const endsMs = performance.now() + PATIENCE_MS; performance.now() < endsMs;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(2);
  }
  throw new Error(`it did not come within ${PATIENCE_MS / 1000} s: ${String(look)}`);
}
