import type { Entry } from '@plumbline/core';

import { type WideHalt, wideKey } from './order.ts';

/** Folds one entry of the node's chain into the halts of every agent. */
export function foldWide(wide: Map<string, WideHalt>, { kind, open }: Entry): void {
  if (kind !== 'fleet_halted' && kind !== 'fleet_resumed') return;
  // The parser checked the open part's shape; the compiler sees JSON.
  const halt = open as unknown as WideHalt;
  if (kind === 'fleet_halted') wide.set(wideKey(halt), halt);
  else wide.delete(wideKey(halt));
}
