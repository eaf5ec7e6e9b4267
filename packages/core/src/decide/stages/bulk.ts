import { parseDecimal } from '../../decimal.ts';
import type { Json } from '../../json.ts';
import type { Layer } from '../../pact/compiled.ts';
import { askLayer } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { valueAt } from '../paths.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding when a session would touch more records than this agent usually does. */
export function bulk(context: Context, view: LayerView): readonly Finding[] {
  const path = context.tool?.records ?? null;
  const rules = view.layer.bulk;
  if (path === null || rules === null) return NOTHING;
  const total = context.reader.look(`records/${context.action.tool}`, () => {
    return context.session?.records.get(context.action.tool) ?? 0;
  });
  const threshold = context.reader.look(
    `footprint/${context.action.tool}/${rules.percentile}/${rules.floor}`,
    () => thresholdOf(context.state.footprints.get(context.action.tool) ?? [], rules),
  );
  if (total + ownRecords(context, path) <= Math.max(threshold, rules.coldStart)) return NOTHING;
  return [finding(context, view)];
}

function ownRecords(context: Context, path: string): number {
  if (path === 'result.count') return 0;
  const value = valueAt(context.action.args, path) ?? null;
  if (value === null) return 0;
  if (Array.isArray(value)) return value.length;
  // What cannot be counted (`-1` often means all) is more than any threshold.
  const count = typeof value === 'number' ? value : decimalNumber(value);
  return count >= 0 ? count : Infinity;
}

function decimalNumber(value: Json): number {
  return typeof value === 'string' && parseDecimal(value) !== null ? Number(value) : Number.NaN;
}

// Nearest rank: the smallest sample that at least `percentile` percent of samples do not exceed.
function thresholdOf(samples: readonly number[], rules: NonNullable<Layer['bulk']>): number {
  if (samples.length < rules.floor || samples.length === 0) return 0;
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.ceil((rules.percentile / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? 0;
}

function finding(context: Context, view: LayerView): Finding {
  const rule = `bulk:${context.action.tool}`;
  const say = 'this touches more records than this agent usually does';
  return askLayer({ stage: 'bulk', rule, say }, view);
}
