import { basename } from 'node:path';
import type { Node } from 'oxc-parser';
import type { Problem, SourceFile, Visited } from '../source-file.ts';

const banned: ReadonlySet<string> = new Set(
  'manager managers helper helpers util utils common enhanced simple new v2'.split(' '),
);
const bannedOutside: ReadonlyMap<string, string> = new Map([
  ['data', 'packages/console/src/data/'],
  ['process', 'packages/server/src/executors/'],
]);

/** Refuses file names that are not kebab-case, and names that say nothing. */
export function* checkNames(file: SourceFile): Generator<Problem> {
  const stem = basename(file.path).replace(/(\.[a-z0-9]+)+$/, '');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) {
    yield file.problem(0, `file name \`${basename(file.path)}\` is not kebab-case`);
  }
  for (const word of file.path.split(/[/.-]/)) {
    if (isBanned(word, file.path)) yield file.problem(0, sayBanned(word, file.path));
  }
  for (const visited of file.nodes) {
    if (visited.node.type !== 'Identifier' || !isDeclared(visited, visited.node)) continue;
    for (const word of wordsOf(visited.node.name)) {
      if (!isBanned(word, file.path)) continue;
      yield file.problem(visited.node.start, sayBanned(word, visited.node.name));
    }
  }
}

/** `parseNewURL` is parse, new, url; a version stays one word: `PactV2` is pact, v2. */
export function wordsOf(name: string): readonly string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+|V\d+/g) ?? [];
  const joined = words.join(' ').replaceAll(/\b([Vv]) (\d+)\b/g, '$1$2');
  return joined.toLowerCase().split(' ');
}

function isBanned(word: string, path: string): boolean {
  const room = bannedOutside.get(word);
  return banned.has(word) || (room !== undefined && !path.startsWith(room));
}

function sayBanned(word: string, name: string): string {
  return `\`${name}\` says \`${word}\`, which says nothing: find the domain noun`;
}

/** Names we chose: declarations, not the keys and imports that other people named. */
function isDeclared({ parent }: Visited, node: Node): boolean {
  const owner = parent?.node;
  if (owner === undefined) return false;
  switch (owner.type) {
    case 'FunctionDeclaration':
      return owner.id === node || owner.params.some((parameter) => parameter === node);
    case 'VariableDeclarator':
    case 'ClassDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return owner.id === node;
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return owner.params.some((parameter) => parameter === node);
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return owner.key === node && !owner.computed;
    case 'Property':
      return parent?.parent?.node.type === 'ObjectPattern' && !owner.shorthand
        ? owner.value === node
        : false;
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    case 'AssignmentPattern':
      return owner.left === node && parent?.parent?.node.type !== 'Property';
    default:
      return false;
  }
}
