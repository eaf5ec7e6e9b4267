import type { Layer } from '@plumbline/core';

import { amountAt } from './counters.ts';
import { compareDecimals, decimalOf } from './decimal.ts';
import type { Turn } from './turn.ts';

/** Returns the tier of this very call: money above the layer's threshold makes it elevated. */
export function tierOf(
  { subject, action }: Turn,
  layer: Layer,
): 'public' | 'standard' | 'elevated' {
  const { tier, money } = subject.tool;
  const above = layer.tiers.moneyAbove;
  if (money === null || above === null) return tier;
  const amount = decimalOf(amountAt(action.args, money));
  const most = decimalOf(above);
  const isHigh = amount === null || most === null || compareDecimals(amount, most) > 0;
  return isHigh ? 'elevated' : tier;
}
