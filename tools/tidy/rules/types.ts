import type { Node } from 'oxc-parser';
import { ancestors, type Problem, type SourceFile, type Visited } from '../source-file.ts';

/** Keeps the compiler's word good: no `any`, `!`, enums, default exports or unexplained `as`. */
export function* checkTypes(file: SourceFile): Generator<Problem> {
  for (const visited of file.nodes) {
    const message = complaint(file, visited);
    if (message !== undefined) yield file.problem(visited.node.start, message);
  }
}

function complaint(file: SourceFile, visited: Visited): string | undefined {
  const { node } = visited;
  switch (node.type) {
    case 'TSAnyKeyword':
      return '`any` switches the compiler off: take `unknown` and parse it';
    case 'TSNonNullExpression':
      return '`!` hides a missing value: handle it, or assert with the reason';
    case 'TSEnumDeclaration':
      return 'no enums: take a union of literals';
    case 'ExportDefaultDeclaration':
      return 'no default exports: name it';
    case 'TSAsExpression':
    case 'TSTypeAssertion':
      return isConst(node.typeAnnotation) || isExplained(file, visited)
        ? undefined
        : '`as` without a comment directly above that names what the compiler cannot see';
    default:
      return undefined;
  }
}

function isConst(type: Node): boolean {
  return (
    type.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name === 'const'
  );
}

/** A comment ends on the line above the cast, or above the statement or member that holds it. */
function isExplained(file: SourceFile, visited: Visited): boolean {
  const { node } = visited;
  const lines = new Set([file.lineOf(node.start), file.lineOf(node.end)]);
  for (const ancestor of ancestors(visited)) {
    if (!/(Statement|Declaration|Property|PropertyDefinition)$/.test(ancestor.type)) continue;
    lines.add(file.lineOf(ancestor.start));
    break;
  }
  return file.comments.some((comment) => lines.has(comment.lastLine + 1));
}
