import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { err } from '../result.ts';
import type { Result } from '../result.ts';
import { problem } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { loadPact } from './load.ts';
import type { LoadedPact } from './load.ts';

/**
 * Returns a pact from its canonical document (`CompiledPact.document`), as a recorded decision
 * names it; its digest is the same. Places in diagnostics are those of the canonical JSON.
 */
export function loadDocument(document: JsonObject): Result<LoadedPact, readonly Diagnostic[]> {
  const { layers } = document;
  const list: readonly Json[] = Array.isArray(layers) ? layers : [];
  if (list.length === 0) {
    const place = { file: 'layer-1.json', line: 1, column: 1 };
    const message = 'no `layers`: expected the canonical document of a pact';
    return err([problem({ code: 'missing-field', place, message })]);
  }
  const files = new Map<string, string>();
  for (const [index, layer] of list.entries()) {
    writeLayer(files, layer, { number: index + 1, isLast: index + 1 === list.length });
  }
  return loadPact('layer-1.json', (path) => files.get(path));
}

/** Schemas go where they came from, a file of their own, which may be larger than a pact. */
function writeLayer(
  files: Map<string, string>,
  layer: Json,
  { number, isLast }: { readonly number: number; readonly isLast: boolean },
): void {
  const file = `layer-${number}.json`;
  if (!isJsonObject(layer)) {
    files.set(file, JSON.stringify(layer));
    return;
  }
  const { tools, schemas } = splitSchemas(layer['tools']);
  files.set(`schemas-${number}.json`, JSON.stringify(schemas));
  const text = {
    ...layer,
    ...(tools === null ? {} : { tools }),
    ...(schemas.length === 0 ? {} : { schemas: `schemas-${number}.json` }),
    ...(isLast ? {} : { extends: `layer-${number + 1}.json` }),
  };
  files.set(file, JSON.stringify(text, null, 1));
}

type Split = { readonly tools: JsonObject | null; readonly schemas: readonly JsonObject[] };

function splitSchemas(tools: Json | undefined): Split {
  if (!isJsonObject(tools)) return { tools: null, schemas: [] };
  const schemas: JsonObject[] = [];
  const entries = Object.entries(tools).map(([name, tool]): [string, Json] => {
    if (!isJsonObject(tool) || !isJsonObject(tool['schema'])) return [name, tool];
    const { schema, ...rest } = tool;
    schemas.push({ name, inputSchema: schema });
    return [name, rest];
  });
  return { tools: Object.fromEntries(entries), schemas };
}
