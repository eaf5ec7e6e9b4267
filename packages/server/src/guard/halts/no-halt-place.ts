import type { HaltPlace } from './halt-file.ts';

/** Returns a place that keeps nothing, so that a halt is latched once the ledger holds it. */
export function noHaltPlace(): HaltPlace {
  return {
    found: [],
    damage: null,
    save: () => Promise.resolve('failed'),
    clear: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
