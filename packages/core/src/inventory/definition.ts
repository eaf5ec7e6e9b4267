import { findHiddenInstructions, type HiddenSign } from '../detect/hidden-instructions.ts';
import { type Digest, digestJson } from '../digest.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { leavesOf } from '../provenance/split.ts';

/**
 * What a server says of one of its tools, as far as a model or a caller goes by it. `name` is the
 * server's own.
 */
export type ToolDefinition = {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly annotations: JsonObject | null;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
};

/** The digests of a definition: what it says to the model, and what it takes and returns. */
export type DefinitionDigests = { readonly description: Digest; readonly schema: Digest };

/** Returns the definition in a tool as `tools/list` lists it, or why there is none. */
export function readDefinition(tool: Json): ToolDefinition | string {
  if (!isJsonObject(tool)) return 'is not an object';
  const { name, title, description, annotations, inputSchema, outputSchema } = tool;
  if (typeof name !== 'string' || name === '') return 'has no `name`';
  if (!isJsonObject(inputSchema)) return 'has no `inputSchema`';
  return {
    name,
    title: textOf(title),
    description: textOf(description),
    annotations: isJsonObject(annotations) ? annotations : null,
    inputSchema,
    outputSchema: isJsonObject(outputSchema) ? outputSchema : null,
  };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Returns the digests that a definition is pinned by. Source: spec/mcp.md, section "Pins". */
export function digestsOf(definition: ToolDefinition): DefinitionDigests {
  const { name, title, description, annotations, inputSchema, outputSchema } = definition;
  return {
    description: digestJson({ name, title, description, annotations }),
    schema: digestJson({ inputSchema, outputSchema }),
  };
}

/** Returns the signs of hidden instructions in any text of a definition, schemas included. */
export function signsIn(definition: ToolDefinition): readonly HiddenSign[] {
  const found = new Map<string, HiddenSign>();
  const whole: Json = { ...definition };
  for (const text of new Set(leavesOf(whole))) {
    for (const each of findHiddenInstructions(text)) {
      if (!found.has(each.sign)) found.set(each.sign, each);
    }
  }
  return [...found.values()];
}
