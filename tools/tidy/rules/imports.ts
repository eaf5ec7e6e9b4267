import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import type { House } from '../house.ts';
import type { Problem, SourceFile } from '../source-file.ts';

/** One import of a file: the text between the quotes, and where it stands. */
export type Import = { readonly specifier: string; readonly offset: number };

// Who may import whom; docs/ARCHITECTURE.md explains why. Testkit serves tests alone.
const mayImport: ReadonlyMap<string, readonly string[]> = new Map([
  ['core', []],
  ['ledger', []],
  ['server', ['core', 'ledger']],
  ['cli', ['core', 'ledger', 'server']],
  ['console', ['core', 'ledger']],
  ['testkit', ['core']],
  ['bench', ['cli', 'core', 'ledger', 'server', 'testkit']],
]);
const purePackages: ReadonlySet<string> = new Set(['core', 'ledger']);

/** Holds every import to the table, to the package's manifest and to the package's own files. */
export function* checkImports(file: SourceFile, house: House): Generator<Problem> {
  for (const { specifier, offset } of importsOf(file)) {
    const message = complaint(file, specifier, house);
    if (message !== undefined) yield file.problem(offset, message);
  }
}

/** Every static import, re-export and literal `import()` of a file, types included. */
export function importsOf(file: SourceFile): readonly Import[] {
  return file.nodes.flatMap(({ node }) => {
    const source = sourceOf(node);
    return source?.type === 'Literal' && typeof source.value === 'string'
      ? [{ specifier: source.value, offset: source.start }]
      : [];
  });
}

/** The folder of a file's package: `packages/core`, `bench`, or `` for the root's tools. */
export function packageFolder(path: string): string {
  return /^(?:packages\/[^/]+|bench(?=\/))/.exec(path)?.[0] ?? '';
}

function sourceOf(node: Node): Node | null | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    default:
      return undefined;
  }
}

function complaint(file: SourceFile, specifier: string, house: House): string | undefined {
  if (specifier.startsWith('.')) return leavesPackage(file.path, specifier);
  if (isBuiltin(specifier)) return builtinComplaint(file, specifier);
  const own = /^@plumbline\/([a-z0-9-]+)/.exec(specifier)?.[1];
  const tableComplaint = own === undefined ? undefined : crossesTable(file, own);
  return tableComplaint ?? undeclared(file, specifier, house);
}

function leavesPackage(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  return packageFolder(target) === packageFolder(path)
    ? undefined
    : `\`${specifier}\` leaves the package: import it by its package name`;
}

function builtinComplaint(file: SourceFile, specifier: string): string | undefined {
  const room = packageFolder(file.path).replace('packages/', '');
  if (!specifier.startsWith('node:')) return `write \`node:${specifier}\``;
  return purePackages.has(room) && !file.isTest
    ? `\`${specifier}\` in a pure package: move the effect to the shell`
    : undefined;
}

function crossesTable(file: SourceFile, target: string): string | undefined {
  const room = packageFolder(file.path).replace('packages/', '');
  if (room === '') return undefined;
  const allowed = mayImport.get(room);
  if (allowed === undefined) return `\`${room}\` has no row in tools/tidy/rules/imports.ts: add it`;
  const isAllowed = allowed.includes(target) || (file.isTest && target === 'testkit');
  return isAllowed ? undefined : `\`${room}\` may not import \`${target}\``;
}

function undeclared(file: SourceFile, specifier: string, house: House): string | undefined {
  const folder = packageFolder(file.path);
  const dependency = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const manifest = house.manifests.get(folder);
  const root = house.manifests.get('');
  const isBuild = /^packages\/console\/(build|e2e)\//.test(file.path);
  const mayUseDev = file.isTest || isBuild || folder === '' || folder === 'bench';
  const isDeclared =
    manifest?.dependencies.has(dependency) === true ||
    (mayUseDev && manifest?.devDependencies.has(dependency) === true);
  if (isDeclared) return undefined;
  const isOnlyInRoot = root?.devDependencies.has(dependency) === true;
  const place = folder === '' ? 'package.json' : `${folder}/package.json`;
  const why = isOnlyInRoot ? 'is declared for the tools alone' : 'is not declared';
  return `\`${dependency}\` ${why}: add it to ${place}`;
}
