import type { AllowRule, Decision, Layer, Reservation, Window } from '@plumbline/core';

import { amountAt, windowEnd } from './counters.ts';
import { decimalOf, printDecimal } from './decimal.ts';
import { markKey } from './stages-history.ts';
import { chargeOf } from './stages-rules.ts';
import type { Turn } from './turn.ts';

/** Returns what an action that is let through is charged, reserves and is remembered by. */
export function lettingThrough(turn: Turn): Pick<Decision, 'charges' | 'reserves' | 'marks'> {
  const charged = turn.pact.layers.flatMap((layer) => {
    const rule = chargeOf(turn, layer);
    return rule === null ? [] : [{ layer, rule }];
  });
  return {
    charges: charged.map(({ rule }) => rule.id),
    reserves: charged.flatMap(({ layer, rule }) => reservations(turn, layer, rule)),
    marks: turn.pact.layers.flatMap((layer) =>
      layer.rulesFor(turn.action.tool).duplicates.map((rule) => ({
        key: markKey(turn, rule),
        untilMs: turn.now + rule.withinMs,
      })),
    ),
  };
}

function reservations(turn: Turn, layer: Layer, rule: AllowRule): readonly Reservation[] {
  const about = `${turn.pact.layers.indexOf(layer)}/${rule.id}`;
  const reserve = (name: string, amount: string, per: Window): readonly Reservation[] => {
    if (per.kind === 'call') return [];
    const windowEndMs = windowEnd(turn.pact, per, turn.now);
    const where = String(windowEndMs);
    return [{ key: `${about}/${name}/${per.kind}/${where}`, amount, windowEndMs }];
  };
  return [
    ...rule.limits.flatMap(({ per }, index) => reserve(`calls ${index}`, '1', per)),
    ...rule.budgets.flatMap(({ sum, per }) => {
      const amount = decimalOf(amountAt(turn.action.args, sum));
      return amount === null ? [] : reserve(sum, printDecimal(amount), per);
    }),
  ];
}
