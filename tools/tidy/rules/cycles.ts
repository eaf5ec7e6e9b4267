import { posix } from 'node:path';
import type { House } from '../house.ts';
import type { Problem, SourceFile } from '../source-file.ts';
import { importsOf } from './imports.ts';

type Edge = { readonly to: SourceFile; readonly offset: number };

/** Refuses files that reach themselves again through their imports, types included. */
export function* checkCycles(house: House): Generator<Problem> {
  const fileAt = new Map(house.files.map((file) => [file.path, file]));
  const edges = new Map(house.files.map((file) => [file, edgesOf(file, fileAt)]));
  const finished = new Set<SourceFile>();
  const trail: SourceFile[] = [];

  const walk = function* (file: SourceFile): Generator<Problem> {
    trail.push(file);
    for (const { to, offset } of edges.get(file) ?? []) {
      const start = trail.indexOf(to);
      if (start >= 0) {
        const cycle = [...trail.slice(start), to].map((each) => each.path).join(' → ');
        yield file.problem(offset, `import cycle: ${cycle}`);
      } else if (!finished.has(to)) {
        yield* walk(to);
      }
    }
    trail.pop();
    finished.add(file);
  };
  for (const file of house.files) {
    if (!finished.has(file)) yield* walk(file);
  }
}

function edgesOf(file: SourceFile, fileAt: ReadonlyMap<string, SourceFile>): readonly Edge[] {
  return importsOf(file).flatMap(({ specifier, offset }) => {
    if (!specifier.startsWith('.')) return [];
    const to = fileAt.get(posix.join(posix.dirname(file.path), specifier));
    return to === undefined ? [] : [{ to, offset }];
  });
}
