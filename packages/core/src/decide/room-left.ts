import { type Decimal, formatDecimal, parseDecimal } from '../decimal.ts';
import type { AllowRule, CompiledPact, RuleId, Window } from '../pact/compiled.ts';
import type { Counter, State } from './state.ts';
import { windowOf } from './windows.ts';

/**
 * How much of one limit or budget is used now. Amounts are decimal strings; times are ms UTC.
 * Of one per session, `used` and `left` are those of the open session that used the most of it.
 */
export type BoundRoom = {
  readonly rule: RuleId;
  readonly tools: readonly string[];
  /** The path of the argument that is summed up; null: calls are counted. */
  readonly sum: string | null;
  readonly most: string;
  readonly per: Window;
  /** Null where each call is held to it alone, so that nothing adds up. */
  readonly used: string | null;
  readonly left: string | null;
  /** When it begins anew; null: never, or with each session. */
  readonly endsAtMs: number | null;
  /** The open session that used the most of it; null where it is not per session, or none did. */
  readonly session: string | null;
  /** In how many open sessions nothing is left of it; 0 where it is not per session. */
  readonly emptySessions: number;
};

/**
 * Returns how much is left of every limit and budget of a pact's allow rules, in document order.
 *
 * now: ms UTC, not before the state's last event. Rules in `observe` mode bound nothing and are
 * left out.
 * Source: spec/decide.md, section "Allow".
 */
export function roomLeft(pact: CompiledPact, state: State, now: number): readonly BoundRoom[] {
  const rules = pact.layers.flatMap(({ allow }) => allow).filter(({ mode }) => mode !== 'observe');
  return rules.flatMap((rule) => {
    const around = { pact, state, now, rule };
    return [
      ...rule.limits.map(({ calls, per }, index) => {
        const name = `limit/${rule.id}/${index}`;
        return room(around, { name, per, sum: null, most: String(calls) });
      }),
      ...rule.budgets.map(({ sum, max, per }, index) => {
        const name = `budget/${rule.id}/${index}`;
        return room(around, { name, per, sum, most: max });
      }),
    ];
  });
}

type Around = {
  readonly pact: CompiledPact;
  readonly state: State;
  readonly now: number;
  readonly rule: AllowRule;
};

type Bound = Pick<BoundRoom, 'sum' | 'most' | 'per'> & { readonly name: string };

function room({ pact, state, now, rule }: Around, { name, per, sum, most }: Bound): BoundRoom {
  const about = { rule: rule.id, tools: rule.tools, sum, most, per };
  const nobody = { session: null, emptySessions: 0 };
  if (per.kind === 'call') return { ...about, used: null, left: null, endsAtMs: null, ...nobody };
  const { key, endMs } = windowOf({ pact, now }, per, name);
  const max = parseDecimal(most) ?? 0n;
  if (per.kind !== 'session') {
    return { ...about, ...amounts(usedOf(state.counters, key), max), endsAtMs: endMs, ...nobody };
  }
  let [session, used, emptySessions]: [string | null, Decimal, number] = [null, 0n, 0];
  for (const { id, counters } of state.sessions.values()) {
    const own = usedOf(counters, key);
    if (own >= max) emptySessions += 1;
    if (own > used) [session, used] = [id, own];
  }
  return { ...about, ...amounts(used, max), endsAtMs: null, session, emptySessions };
}

function usedOf(counters: ReadonlyMap<string, Counter>, key: string): Decimal {
  return counters.get(key)?.used ?? 0n;
}

function amounts(used: Decimal, max: Decimal): { readonly used: string; readonly left: string } {
  const left = max > used ? max - used : 0n;
  return { used: formatDecimal(used), left: formatDecimal(left) };
}
