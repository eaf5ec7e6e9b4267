import { canonical } from '../canonical.ts';
import type { JsonObject } from '../json.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { problem } from './diagnostic.ts';
import type { Diagnostic, Place } from './diagnostic.ts';
import type { CaseDocument, PactDocument, Placed, ToolDocument } from './document.ts';
import { parsePact } from './parse.ts';
import { cases } from './read/cases.ts';
import { Findings } from './reader.ts';
import { parseSchemas } from './schemas.ts';
import { parseSource } from './source.ts';

/** Returns a file's text, or undefined when it cannot be read. */
export type ReadFile = (path: string) => string | undefined;

const MAX_LAYERS = 8;

/**
 * Returns the documents of an `extends` chain, the pact itself first, each with the schemas and
 * cases its files hold.
 */
export function readLayers(
  file: string,
  readFile: ReadFile,
): Result<readonly PactDocument[], readonly Diagnostic[]> {
  const layers: PactDocument[] = [];
  const seen = new Set<string>();
  let next: Placed<string> | null = { value: file, place: { file, line: 1, column: 1 } };
  while (next !== null) {
    const stop = chainFault(next, seen);
    if (stop !== null) return err([stop]);
    seen.add(next.value);
    const layer = readLayer(next, readFile);
    if (!layer.ok) return layer;
    layers.push(layer.value);
    next = below(layer.value);
  }
  return ok(layers);
}

function chainFault(
  { value, place }: Placed<string>,
  seen: ReadonlySet<string>,
): Diagnostic | null {
  if (seen.has(value)) {
    const message = `\`extends\` comes back to \`${value}\`: break the cycle`;
    return problem({ code: 'extends-cycle', place, message });
  }
  if (seen.size < MAX_LAYERS) return null;
  const message = `more than ${MAX_LAYERS} pacts extend each other: join some`;
  return problem({ code: 'extends-depth', place, message });
}

function below({ extends: base, file }: PactDocument): Placed<string> | null {
  return base === null ? null : { value: resolvePath(file, base.value), place: base.place };
}

/** Returns a path relative to the folder of a file, without `.` and `..` where they fold. */
function resolvePath(file: string, path: string): string {
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path;
  const parts = file.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of path.split('/')) {
    const last = parts.at(-1);
    if (part === '.' || part === '') continue;
    if (part === '..' && last !== undefined && last !== '..' && last !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function readLayer(
  { value: file, place }: Placed<string>,
  readFile: ReadFile,
): Result<PactDocument, readonly Diagnostic[]> {
  const text = readFile(file);
  if (text === undefined) return err([unreadable(file, place)]);
  const parsed = parsePact(text, file);
  if (!parsed.ok) return parsed;
  const document = parsed.value;
  const findings = new Findings();
  const schemas = readSchemas(document, readFile, findings);
  const written = readCases(document, readFile, findings);
  if (findings.hasErrors) return err(findings.all);
  return ok({ ...document, tools: withSchemas(document.tools, schemas), cases: written });
}

function unreadable(file: string, place: Place): Diagnostic {
  const message = `cannot read \`${file}\`: is the path right?`;
  return problem({ code: 'unreadable-file', place, message });
}

function readSchemas(
  document: PactDocument,
  readFile: ReadFile,
  findings: Findings,
): ReadonlyMap<string, JsonObject> {
  const all = new Map<string, JsonObject>();
  for (const { value, place } of document.schemas) {
    const file = resolvePath(document.file, value);
    const text = readFile(file);
    if (text === undefined) {
      findings.add(unreadable(file, place));
      continue;
    }
    const schemas = parseSchemas(text, file);
    if (!schemas.ok) findings.add(schemas.error);
    else for (const [name, schema] of schemas.value) all.set(name, schema);
  }
  return all;
}

function withSchemas(
  tools: PactDocument['tools'],
  schemas: ReadonlyMap<string, JsonObject>,
): PactDocument['tools'] {
  const entries = [...tools].map(([name, declared]): [string, ToolDocument] => {
    const schema = declared.tool.schema ?? schemas.get(name) ?? null;
    return [name, { ...declared, tool: { ...declared.tool, schema } }];
  });
  return new Map(entries);
}

function readCases(
  document: PactDocument,
  readFile: ReadFile,
  findings: Findings,
): readonly CaseDocument[] {
  if (document.caseFile === null) return document.cases;
  const file = resolvePath(document.file, document.caseFile.value);
  const text = readFile(file);
  if (text === undefined) {
    findings.add(unreadable(file, document.caseFile.place));
    return [];
  }
  const source = parseSource(text, file);
  if (source.ok) return cases(findings, source.value) ?? [];
  findings.add(source.error);
  return [];
}

/** Returns each layer's visible tools; a tool declared twice must be the same both times. */
export function mergeTools(
  layers: readonly PactDocument[],
  findings: Findings,
): readonly ReadonlyMap<string, ToolDocument>[] {
  let inherited: ReadonlyMap<string, ToolDocument> = new Map();
  const visible = layers.toReversed().map(({ tools }) => {
    const merged = new Map(inherited);
    for (const [name, declared] of tools) {
      const base = inherited.get(name);
      const joined = base === undefined ? declared : joinTool(declared, base);
      if (joined === null) reportMismatch(findings, declared, base);
      merged.set(name, joined ?? declared);
    }
    inherited = merged;
    return merged;
  });
  return visible.toReversed();
}

/** A layer may add the schema its base does not have; nothing else may differ. */
function joinTool(declared: ToolDocument, base: ToolDocument): ToolDocument | null {
  const schema = declared.tool.schema ?? base.tool.schema;
  const own = { ...declared.tool, schema };
  const same = { ...base.tool, schema: base.tool.schema ?? schema };
  return canonical(own) === canonical(same) ? { ...declared, tool: own } : null;
}

function reportMismatch(
  findings: Findings,
  { tool, place }: ToolDocument,
  base: ToolDocument | undefined,
): void {
  const where = base === undefined ? '' : ` at ${base.place.file}:${base.place.line}`;
  const message = `\`${tool.name}\` is declared otherwise${where}: drop it here or make it equal`;
  findings.error({ code: 'tool-mismatch', place, message });
}
