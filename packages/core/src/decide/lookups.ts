import { formatDecimal } from '../decimal.ts';
import { trace } from '../provenance/memory.ts';
import { valuesAt } from '../provenance/identifiers.ts';
import type { Context } from './context.ts';
import { leafPaths } from './paths.ts';
import type { Counter } from './state.ts';
import { windowOf } from './windows.ts';

/**
 * Returns the names of the sources of one value of the arguments.
 *
 * place: where the value stands, the key under which the look is recorded.
 */
export function traceValue(
  context: Context,
  place: string,
  value: string | number,
): readonly string[] {
  return context.reader.look<readonly string[]>(`sources/${place}`, () => {
    return context.session === null ? ['agent'] : trace(context.session.memory, value);
  });
}

/** Returns the `sources` variable of conditions: argument path → names of all its values' sources. */
export function sourcesOf(context: Context): { readonly [path: string]: readonly string[] } {
  const found: { [path: string]: readonly string[] } = {};
  for (const path of leafPaths(context.action.args)) {
    const names = new Set<string>();
    valuesAt(context.action.args, path).forEach((value, index) => {
      traceValue(context, `${path}#${index}`, value).forEach((name) => names.add(name));
    });
    found[path] = [...names].sort();
  }
  return found;
}

/** Returns the `counters` variable of conditions: allow rule → calls used of its first limit. */
export function countersOf(context: Context): { readonly [rule: string]: number } {
  const used: { [rule: string]: number } = {};
  for (const layer of context.pact.layers) {
    for (const rule of layer.allow) {
      const limit = rule.limits[0];
      if (limit === undefined) continue;
      const { key } = windowOf(context, limit.per, `limit/${rule.id}/0`);
      used[rule.id] = Number(readCounter(context, key));
    }
  }
  return used;
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
