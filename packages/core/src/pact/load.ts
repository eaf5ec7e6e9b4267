import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { analyse } from './analysis/analyse.ts';
import { argsOf } from './check/context.ts';
import type { Context } from './check/context.ts';
import { checkNames, checkRules, ruleNames } from './check/rules.ts';
import { checkCases, checkTasks } from './check/tasks.ts';
import { checkDeclarations, checkMentions, checkSchemas } from './check/tools.ts';
import { checkKept, checkMetrics, checkRuleOfTwo } from './check/whole.ts';
import { compilePact } from './compile.ts';
import type { CompiledPact } from './compiled.ts';
import { sortDiagnostics } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FactDocument, FieldType, PactDocument, ToolDocument } from './document.ts';
import { typeOfField } from './expression/types.ts';
import { mergeTools, readLayers } from './layers.ts';
import type { ReadFile } from './layers.ts';
import { Findings } from './reader.ts';

/** A pact that may be enforced, its layers as written, and what is doubtful about them. */
export type LoadedPact = {
  readonly pact: CompiledPact;
  readonly documents: readonly PactDocument[];
  readonly warnings: readonly Diagnostic[];
};

/**
 * Returns a pact ready to decide, or everything that keeps it from arming.
 *
 * readFile: is asked for the pact and the files it names (`schemas`, `extends`, `cases`), relative
 * to the file that names them; undefined where there is none.
 * Source: spec/pact/language.md.
 */
export function loadPact(
  file: string,
  readFile: ReadFile,
): Result<LoadedPact, readonly Diagnostic[]> {
  const layers = readLayers(file, readFile);
  if (!layers.ok) return err(sortDiagnostics(layers.error));
  const findings = new Findings();
  const visible = mergeTools(layers.value, findings);
  const documents = layers.value.map((document, index) => withTools(document, visible[index]));
  const contexts = contextsOf(documents, { findings, visible });
  checkLayers(contexts);
  if (!findings.hasErrors) {
    const found = contexts.flatMap(({ document, tools }) => analyse({ document, tools }));
    for (const diagnostic of sortDiagnostics(found)) findings.add(diagnostic);
  }
  const all = sortDiagnostics(findings.all);
  if (findings.hasErrors) return err(all);
  return ok({ pact: compilePact(documents), documents, warnings: all });
}

type Tools = ReadonlyMap<string, ToolDocument>;

/** A layer's own tools carry the schemas their base gave them. */
function withTools(document: PactDocument, visible: Tools | undefined): PactDocument {
  const entries = [...document.tools].map(([name, declared]): [string, ToolDocument] => [
    name,
    visible?.get(name) ?? declared,
  ]);
  return { ...document, tools: new Map(entries) };
}

function contextsOf(
  documents: readonly PactDocument[],
  { findings, visible }: { readonly findings: Findings; readonly visible: readonly Tools[] },
): readonly Context[] {
  const session = new Map(
    documents
      .flatMap((document): [string, FieldType][] => [...document.session])
      .map(([name, type]) => [name, typeOfField(type)] as const),
  );
  const facts = mergeFacts(documents);
  const tools = toolMap(visible[0] ?? new Map());
  return documents.map((document, index) => ({
    findings,
    document,
    visible: toolMap(visible[index] ?? new Map()),
    tools,
    facts,
    session,
    checkers: new Map(),
  }));
}

function toolMap(tools: Tools): Context['tools'] {
  return new Map([...tools].map(([name, { tool }]) => [name, tool] as const));
}

/** A fact somebody declared stands before a built-in one. */
function mergeFacts(documents: readonly PactDocument[]): ReadonlyMap<string, FactDocument> {
  const all = documents.flatMap(({ facts }) => [...facts.values()]);
  const ordered = [...all.filter((f) => f.isBuiltIn), ...all.filter((f) => !f.isBuiltIn)];
  return new Map(ordered.map((fact) => [fact.name, fact] as const));
}

function checkLayers(contexts: readonly Context[]): void {
  const names = new Set(contexts.flatMap((context) => ruleNames(context).map(({ id }) => id)));
  checkNames(contexts);
  for (const context of contexts) {
    checkSchemaTypes(context);
    checkDeclarations(context);
    checkRules(context);
    checkTasks(context);
    checkCases(context, names);
    checkMetrics(context);
    checkKept(context);
    checkSchemas(context);
  }
  checkMentions(contexts);
  checkRuleOfTwo(contexts);
}

/** The arguments of a tool are members of an object. */
function checkSchemaTypes(context: Context): void {
  for (const { tool, place } of context.document.tools.values()) {
    const { kind } = argsOf(context, tool.name);
    if (kind === 'object' || kind === 'map' || kind === 'dyn') continue;
    const message = `the schema of \`${tool.name}\` describes a ${kind}, not arguments`;
    context.findings.error({ code: 'bad-schema', place, message });
  }
}
