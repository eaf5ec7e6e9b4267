import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { digestJson } from '../digest.ts';
import type { Digest } from '../digest.ts';
import type { PactDocument } from './document.ts';

/** Members that say where a part of a pact is kept; its canonical form holds the part itself. */
const REFERENCES: ReadonlySet<string> = new Set(['extends', 'schemas', 'cases']);

/**
 * Returns the canonical document of loaded layers, the pact itself first: what their authors wrote,
 * with schemas and cases in place of the names of their files. Layout and comments leave no trace.
 */
export function canonicalDocument(layers: readonly PactDocument[]): JsonObject {
  return { pact: 'plumbline/v1', layers: layers.map(canonicalLayer) };
}

function canonicalLayer(document: PactDocument): JsonObject {
  const { source, cases } = document;
  const kept = Object.entries(source).filter(([key]) => !REFERENCES.has(key));
  const tools = isJsonObject(source['tools']) ? source['tools'] : {};
  const parts: Record<string, Json> = Object.fromEntries(kept);
  if (document.tools.size > 0) parts['tools'] = withSchemas(tools, document);
  if (cases.length > 0) {
    parts['cases'] = document.caseFile === null ? (source['cases'] ?? []) : cases.map(caseJson);
  }
  return parts;
}

function withSchemas(tools: JsonObject, document: PactDocument): JsonObject {
  const entries = Object.entries(tools).map(([name, written]): [string, Json] => {
    const schema = document.tools.get(name)?.tool.schema ?? null;
    if (schema === null || !isJsonObject(written)) return [name, written];
    return [name, { ...written, schema }];
  });
  return Object.fromEntries(entries);
}

function caseJson(each: PactDocument['cases'][number]): JsonObject {
  return {
    id: each.id,
    tool: each.tool.value,
    args: each.args,
    session: each.session,
    ...(each.task === null ? {} : { task: each.task }),
    ...(each.principalText === null ? {} : { principal_text: each.principalText }),
    expect: each.expect,
    ...(each.rule === null ? {} : { rule: each.rule.value }),
  };
}

/** Returns the digest of a pact's loaded layers. Source: RFC 8785, SHA-256. */
export function pactDigest(layers: readonly PactDocument[]): Digest {
  return digestJson(canonicalDocument(layers));
}
