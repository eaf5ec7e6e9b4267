import type { ArrowFunctionExpression, Function as FunctionNode, Node } from 'oxc-parser';
import type { House } from '../house.ts';
import type { Problem, SourceFile, Visited } from '../source-file.ts';

const maxFileLines = 400;
const maxFunctionLines = 70;
const maxParameters = 3;
const maxColumns = 100;

/** Holds files, functions, parameter lists and lines to their walls. */
export function* checkSize(file: SourceFile): Generator<Problem> {
  yield* checkLines(file);
  for (const visited of file.nodes) {
    const { node } = visited;
    if (!isFunction(node)) continue;
    const lineCount = linesOf(file, node);
    if (lineCount > maxFunctionLines && !isSuite(visited)) {
      yield file.problem(
        node.start,
        `function of ${lineCount} lines, the wall is ${maxFunctionLines}: split it by meaning`,
      );
    }
    const parameterCount = node.params.filter((parameter) => !isThis(parameter)).length;
    if (parameterCount > maxParameters && !isArgument(visited)) {
      yield file.problem(
        node.start,
        `${parameterCount} positional parameters, the wall is ${maxParameters}: take an object`,
      );
    }
  }
}

/** The length in lines of every function in code that is not a test, shortest first. */
export function functionLengths(house: House): readonly number[] {
  const lengths = house.files
    .filter((file) => !file.isTest)
    .flatMap((file) =>
      file.nodes.flatMap(({ node }) => (isFunction(node) ? [linesOf(file, node)] : [])),
    );
  return lengths.sort((left, right) => left - right);
}

function* checkLines(file: SourceFile): Generator<Problem> {
  const lineCount = file.lines.length - 1;
  if (lineCount > maxFileLines) {
    const message = `file of ${lineCount} lines, the wall is ${maxFileLines}: split it by meaning`;
    yield { path: file.path, line: maxFileLines + 1, column: 1, message };
  }
  for (const [index, line] of file.lines.entries()) {
    // An address cannot be broken over two lines.
    if (line.length <= maxColumns || line.includes('://')) continue;
    const message = `line of ${line.length} columns, the wall is ${maxColumns}`;
    yield { path: file.path, line: index + 1, column: maxColumns + 1, message };
  }
}

function isFunction(node: Node): node is FunctionNode | ArrowFunctionExpression {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

function linesOf(file: SourceFile, node: Node): number {
  return file.lineOf(node.end) - file.lineOf(node.start) + 1;
}

function isThis(parameter: Node): boolean {
  return parameter.type === 'Identifier' && parameter.name === 'this';
}

/** A function handed to a call has the parameters its callee gives it. */
function isArgument({ node, parent }: Visited): boolean {
  return parent?.node.type === 'CallExpression' && parent.node.callee !== node;
}

/** The body of a `describe` is a list of tests, not a function to be read as one. */
function isSuite({ parent }: Visited): boolean {
  const call = parent?.node;
  return (
    call?.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    call.callee.name === 'describe'
  );
}
