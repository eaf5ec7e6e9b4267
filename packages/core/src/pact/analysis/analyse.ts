import type { JsonObject } from '../../json.ts';
import type { Tool } from '../compiled.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { FactDocument, PactDocument } from '../document.ts';

/**
 * One layer of an `extends` chain that passed every check but this one.
 *
 * `tools` are the tools the layer may name (its own and inherited ones), each with its schema;
 * `facts` the declared and built-in facts. `toolsOf` expands a name or glob to declared tools.
 */
export type CheckedLayer = {
  readonly document: PactDocument;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly facts: ReadonlyMap<string, FactDocument>;
  readonly schemaOf: (tool: string) => JsonObject | null;
  readonly toolsOf: (pattern: string) => readonly string[];
};

/**
 * Returns what is unreachable, shadowed or contradictory in each layer, on the exact fragment.
 *
 * layers: the pact itself first, then what it extends.
 */
export function analyse(layers: readonly CheckedLayer[]): readonly Diagnostic[] {
  void layers;
  return [];
}
