import type { CallExpression } from 'oxc-parser';
import type { Problem, SourceFile } from '../source-file.ts';

const outputRoom = 'packages/cli/src/output/';

/** Refuses errors that vanish, and printing that goes around the rooms made for it. */
export function* checkFaults(file: SourceFile): Generator<Problem> {
  for (const { node } of file.nodes) {
    if (node.type === 'CatchClause' && node.body.body.length === 0) {
      yield file.problem(node.start, 'empty catch: turn the error into a value with its cause');
    }
    if (node.type !== 'CallExpression') continue;
    if (swallowsRejection(node)) {
      yield file.problem(node.start, 'empty catch: a rejection vanishes here');
    }
    if (isConsole(node) && !file.path.startsWith(outputRoom)) {
      yield file.problem(node.start, `\`console\` outside ${outputRoom}: return the text instead`);
    }
  }
}

function swallowsRejection({ callee, arguments: given }: CallExpression): boolean {
  const isCatch =
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'catch';
  const [handler] = given;
  const isFunction =
    handler?.type === 'ArrowFunctionExpression' || handler?.type === 'FunctionExpression';
  if (!isCatch || !isFunction) return false;
  return handler.body?.type === 'BlockStatement' && handler.body.body.length === 0;
}

function isConsole({ callee }: CallExpression): boolean {
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'console'
  );
}
