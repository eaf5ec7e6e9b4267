import type { Screen } from './screen.ts';

/** How far a long job is. `total` is null while unknown. */
export type Progress = {
  readonly update: (done: number, text: string) => void;
  readonly end: () => void;
};

/** When to speak: nothing in the first second, then a rewritten line, or a sparse plain one. */
const FIRST_MS = 1_000;
const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5_000;

/** Returns a progress that says nothing. */
export function silentProgress(): Progress {
  return { update: () => undefined, end: () => undefined };
}

/**
 * Returns a progress on standard error: one rewritten line on a terminal, sparse lines elsewhere.
 *
 * label: what is being done. total: the amount that is all of it (bytes), or null.
 * nowMs: a clock in milliseconds.
 */
export function startProgress(
  screen: Screen,
  { label, total, nowMs }: { label: string; total: number | null; nowMs: () => number },
): Progress {
  const startedMs = nowMs();
  let nextMs = startedMs + FIRST_MS;
  let hasSpoken = false;
  const share = (done: number): string =>
    total === null || total === 0 ? '' : ` ${Math.min(100, Math.floor((100 * done) / total))} %`;
  return {
    update(done, text) {
      const now = nowMs();
      if (now < nextMs) return;
      hasSpoken = true;
      const line = `${label}${share(done)} · ${text} · ${((now - startedMs) / 1000).toFixed(0)} s`;
      nextMs = now + (screen.isTerminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS);
      screen.note(screen.isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
    },
    end() {
      if (hasSpoken && screen.isTerminal) screen.note('\r\u001b[K');
    },
  };
}

/** Adds up the bytes read of all files, each of which counts its own from 0. */
export function byteCounter(): {
  readonly onBytes: (count: number) => void;
  readonly sum: () => number;
} {
  let done = 0;
  let current = 0;
  return {
    onBytes(count) {
      if (count < current) done += current;
      current = count;
    },
    sum: () => done + current,
  };
}
