import type { Attempt } from '../executor.ts';
import type { Fault } from './fault.ts';

/** What one look found that should not be there, and was told to end. */
export type Round = {
  readonly left: number;
  readonly faults: readonly Fault[];
};

/** How long rounds go on, and how far they are apart. */
export type Pace = {
  readonly deadlineMs: number;
  /** Doubles with every round that found something. */
  readonly pauseMs: number;
  /** Nothing counts as gone that is there again after so long. */
  readonly settleMs: number;
};

const LONGEST_PAUSE_MS = 1_000;
const MOST_WHYS = 4;

/**
 * Goes on ending what it finds until two looks in a row find nothing.
 *
 * left: what to say of so many that are still there, with the command that lists them.
 */
export async function endInRounds(
  round: () => Promise<Round>,
  { deadlineMs, pauseMs, settleMs }: Pace,
  left: (count: number) => string,
): Promise<Attempt> {
  const until = performance.now() + deadlineMs;
  let wasQuiet = false;
  for (let rounds = 0; ; rounds += 1) {
    const found = await round();
    const isQuiet = found.left === 0 && found.faults.length === 0;
    if (isQuiet && wasQuiet) return { state: 'done' };
    wasQuiet = isQuiet;
    const waitMs = isQuiet
      ? settleMs
      : pauseAfter(found, Math.min(pauseMs * 2 ** rounds, LONGEST_PAUSE_MS));
    const isStuck = found.left === 0 && found.faults.some(({ isFinal }) => isFinal);
    if (isStuck || performance.now() + waitMs > until) return failedWith(found, left);
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }
}

function pauseAfter({ faults }: Round, pauseMs: number): number {
  return Math.max(pauseMs, ...faults.map(({ waitMs }) => waitMs ?? 0));
}

function failedWith({ left, faults }: Round, say: (count: number) => string): Attempt {
  const whys = [...new Set(faults.map(({ why }) => why))];
  const more = whys.length > MOST_WHYS ? [`${whys.length - MOST_WHYS} more`] : [];
  const said = left === 0 ? [] : [say(left)];
  const all = [...said, ...whys.slice(0, MOST_WHYS), ...more];
  const why =
    all.length === 0 ? 'time ran out before it was seen that nothing came back' : all.join('; ');
  const isFinal = faults.some((fault) => fault.isFinal);
  return isFinal ? { state: 'failed', why, isFinal } : { state: 'failed', why };
}

/** Does something for each, at most so many at once, and returns what came of it in order. */
export async function forEach<T, R>(
  all: readonly T[],
  most: number,
  act: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const done: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) {
      const one = all[at];
      // `at` is below the length, so there is one unless the list holds holes.
      if (one !== undefined) done[at] = await act(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
  return done;
}
