import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource, type Problem, type SourceFile } from './source-file.ts';

/** What a package.json says that the rules need. */
export type Manifest = {
  readonly name: string;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
};

/** A document: any text that is not source code. */
export type Document = {
  readonly path: string;
  readonly lines: readonly string[];
};

/** Everything the rules look at. Manifests are keyed by folder: `packages/core`, or `` for root. */
export type House = {
  readonly files: readonly SourceFile[];
  readonly documents: readonly Document[];
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly requirementIds: ReadonlySet<string>;
  readonly lockfile: string;
};

/** A rule over one file. */
export type FileRule = (file: SourceFile, house: House) => Iterable<Problem>;

/** A rule over the whole house. */
export type HouseRule = (house: House) => Iterable<Problem>;

const sourceGlobs = [
  'packages/*/{src,bin}/**/*.{ts,tsx,mjs}',
  'packages/console/{build,e2e}/**/*.ts',
  'bench/src/**/*.ts',
  'tools/**/*.{ts,mjs}',
];
const documentGlobs = ['*.md', '{docs,spec,packages,examples}/**/*.{md,yaml,yml}'];

/** Reads the repository at `root`. */
export function readHouse(root: string): House {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const find = (globs: readonly string[]): readonly string[] =>
    globSync(globs, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
      .map((path) => path.replaceAll('\\', '/'))
      .sort();
  const manifests = find(['package.json', 'packages/*/package.json', 'bench/package.json']);
  return {
    files: find(sourceGlobs).map((path) => parseSource(path, read(path))),
    documents: find(documentGlobs).map((path) => ({ path, lines: read(path).split('\n') })),
    manifests: new Map(
      manifests.map((path) => [path.replace(/\/?package\.json$/, ''), parseManifest(read(path))]),
    ),
    requirementIds: parseRequirementIds(read('spec/requirements.md')),
    lockfile: read('package-lock.json'),
  };
}

/** Ids are written as the first thing of a list item or table row, between backticks. */
export function parseRequirementIds(text: string): ReadonlySet<string> {
  const ids = text.matchAll(/^(?:- |\| )`([a-z]+\.[a-z-]+)`/gm);
  return new Set(Array.from(ids, (match) => match[1] ?? ''));
}

/** Reads the parts of a package.json that the import rules need. */
export function parseManifest(text: string): Manifest {
  const manifest: unknown = JSON.parse(text);
  const field = (key: string): unknown =>
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, key) : undefined;
  const namesIn = (key: string): readonly string[] => Object.keys(Object(field(key)));
  return {
    name: String(field('name')),
    dependencies: new Set([...namesIn('dependencies'), ...namesIn('peerDependencies')]),
    devDependencies: new Set(namesIn('devDependencies')),
  };
}
