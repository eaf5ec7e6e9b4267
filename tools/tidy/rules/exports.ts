import type { Node } from 'oxc-parser';
import type { Problem, SourceFile, Visited } from '../source-file.ts';

const packageIndex = /^packages\/[^/]+\/src\/index\.ts$/;
const documentedRoom = 'packages/core/src/';

/** Refuses barrels outside a package's index, and exports of core without a docstring. */
export function* checkExports(file: SourceFile): Generator<Problem> {
  for (const { node, parent } of file.nodes) {
    if (isReExport(node) && !packageIndex.test(file.path)) {
      yield file.problem(node.start, 're-export outside a package index: import it where it lives');
    }
    if (isUndocumented(file, { node, parent })) {
      yield file.problem(node.start, 'export without a docstring: first say what comes back');
    }
  }
}

function isReExport(node: Node): boolean {
  return (
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && node.source !== null)
  );
}

function isUndocumented(file: SourceFile, { node, parent }: Visited): boolean {
  if (file.isTest || !file.path.startsWith(documentedRoom)) return false;
  if (node.type !== 'ExportNamedDeclaration' || node.declaration === null) return false;
  return !isDocumented(file, node.start) && !isLaterOverload({ node, parent });
}

function isDocumented(file: SourceFile, offset: number): boolean {
  const line = file.lineOf(offset);
  return file.comments.some(
    (comment) =>
      comment.type === 'Block' && comment.value.startsWith('*') && comment.lastLine === line - 1,
  );
}

/** The docstring of an overloaded function stands above its first signature. */
function isLaterOverload({ node, parent }: Visited): boolean {
  if (parent?.node.type !== 'Program') return false;
  const { body } = parent.node;
  const before = body[body.findIndex((statement) => statement === node) - 1];
  const name = functionName(node);
  return name !== undefined && before !== undefined && functionName(before) === name;
}

function functionName(node: Node): string | undefined {
  if (node.type !== 'ExportNamedDeclaration') return undefined;
  const { declaration } = node;
  return declaration?.type === 'FunctionDeclaration' || declaration?.type === 'TSDeclareFunction'
    ? declaration.id?.name
    : undefined;
}
