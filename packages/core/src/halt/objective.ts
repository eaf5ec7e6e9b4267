import { type Digest, digestJson } from '../digest.ts';
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';

/**
 * Returns the digest of what a pact has its agent pursue: goal and metrics of every layer. Blanks
 * do not count, nor do layers, metrics and constraints that say nothing or say it again.
 *
 * Source: spec/decide.md, section "Halts".
 */
export function objectiveOf({ document }: Pick<CompiledPact, 'document'>): Digest {
  const { layers } = document;
  const all = Array.isArray(layers) ? layers.filter(isJsonObject).map(layerObjective) : [];
  const said = all.filter((layer) => Object.keys(layer).length > 0);
  return digestJson({ objective: distinct(said) });
}

function layerObjective({ goal, metrics }: JsonObject): JsonObject {
  const parts: Record<string, Json> = isJsonObject(metrics) ? { ...metrics } : {};
  if (typeof goal === 'string') parts['goal'] = goal.trim().replaceAll(/\s+/g, ' ');
  // Blanks have no meaning in an expression.
  if (typeof parts['score'] === 'string') parts['score'] = withoutBlanks(parts['score']);
  if (Array.isArray(parts['must']))
    parts['must'] = distinct(parts['must'].map(withoutBlanks)).sort();
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => !isEmpty(value)));
}

function withoutBlanks(value: Json): Json {
  return typeof value === 'string' ? value.replaceAll(/\s+/g, '') : value;
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function distinct(values: readonly Json[]): Json[] {
  const known = new Map(values.map((value) => [digestJson(value), value]));
  return [...known.values()];
}
