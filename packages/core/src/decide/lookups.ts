import { formatDecimal } from '../decimal.ts';
import { isFrom, trace } from '../provenance/memory.ts';
import { valuesAt } from '../provenance/identifiers.ts';
import type { AllowRule } from '../pact/compiled.ts';
import type { Context } from './context.ts';
import { leafPaths } from './paths.ts';
import type { Counter } from './state.ts';
import { windowOf } from './windows.ts';

/**
 * Returns the names of the sources of one value of the arguments.
 *
 * place: where the value stands, the key under which the look is recorded.
 */
function traceValue(context: Context, place: string, value: string | number): readonly string[] {
  return context.reader.look<readonly string[]>(`sources/${place}`, () => {
    return context.session === null ? ['agent'] : trace(context.session.memory, value);
  });
}

/** A value of the arguments, and the sources that would do. */
export type Claimed = { readonly value: string | number; readonly sources: readonly string[] };

/**
 * Returns whether a value of the arguments comes from one of some sources.
 *
 * place: where the value stands and which rule asks, the key under which the look is recorded.
 */
export function comesFrom(context: Context, place: string, { value, sources }: Claimed): boolean {
  return context.reader.look(`from/${place}`, () => {
    if (context.session === null) return sources.includes('agent');
    return isFrom(context.session.memory, value, sources);
  });
}

/** Returns the `sources` variable of conditions: argument path → its values' sources. */
export function sourcesOf(context: Context): { readonly [path: string]: readonly string[] } {
  const { args } = context.action;
  return Object.fromEntries(leafPaths(args).map((path) => [path, namesAt(context, path)]));
}

function namesAt(context: Context, path: string): readonly string[] {
  const names = valuesAt(context.action.args, path).flatMap((value, index) => {
    return traceValue(context, `${path}#${index}`, value);
  });
  return [...new Set(names)].sort();
}

/** Returns the `counters` variable of conditions: allow rule → calls used of its first limit. */
export function countersOf(context: Context): { readonly [rule: string]: number } {
  const rules = context.pact.layers.flatMap(({ allow }) => allow);
  return Object.fromEntries(rules.flatMap((rule) => usedOf(context, rule)));
}

function usedOf(context: Context, rule: AllowRule): readonly (readonly [string, number])[] {
  const per = rule.limits[0]?.per;
  if (per === undefined || per.kind === 'call') return [];
  const { key } = windowOf(context, per, `limit/${rule.id}/0`);
  return [[rule.id, Number(readCounter(context, key))]];
}

/** Returns the decimal string a counter stands at; `"0"` where nothing was counted yet. */
export function readCounter(context: Context, key: string): string {
  return context.reader.look<string>(`counter/${key}`, () => {
    const counter = counterAt(context, key);
    return counter === undefined ? '0' : formatDecimal(counter.used);
  });
}

function counterAt(context: Context, key: string): Counter | undefined {
  const holder = key.startsWith('session/') ? context.session : context.state;
  return holder?.counters.get(key);
}

/** Returns whether the session carries a label. */
export function hasLabel(context: Context, label: string): boolean {
  return context.reader.look(`label/${label}`, () => context.session?.labels.has(label) ?? false);
}
