import type { House } from '../house.ts';
import type { Problem, SourceFile } from '../source-file.ts';

/** One `verifies(…)` argument: the id it cites, or undefined when it is not a string literal. */
export type Citation = { readonly id: string | undefined; readonly offset: number };

/** Refuses a citation of a requirement the specification does not list. */
export function* checkCitations(file: SourceFile, house: House): Generator<Problem> {
  for (const { id, offset } of citationsOf(file)) {
    if (id === undefined) yield file.problem(offset, '`verifies` takes string literals');
    else if (!house.requirementIds.has(id)) {
      yield file.problem(offset, `unknown requirement \`${id}\`: see spec/requirements.md`);
    }
  }
}

/** The citations of a file, in order. */
export function citationsOf(file: SourceFile): readonly Citation[] {
  return file.nodes.flatMap(({ node }) => {
    const isCitation =
      node.type === 'CallExpression' &&
      node.callee.type === 'Identifier' &&
      node.callee.name === 'verifies';
    if (!isCitation) return [];
    return node.arguments.map((argument) => ({
      id:
        argument.type === 'Literal' && typeof argument.value === 'string'
          ? argument.value
          : undefined,
      offset: argument.start,
    }));
  });
}

/** Every requirement id, in the order of the specification, with the tests that cite it. */
export function coverage(house: House): ReadonlyMap<string, readonly string[]> {
  const citedBy = new Map<string, Set<string>>();
  for (const id of house.requirementIds) citedBy.set(id, new Set());
  for (const file of house.files) {
    for (const { id } of citationsOf(file)) citedBy.get(id ?? '')?.add(file.path);
  }
  return new Map(Array.from(citedBy, ([id, paths]) => [id, [...paths]]));
}
