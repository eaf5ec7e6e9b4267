import { posix } from 'node:path';
import type { Random } from '@plumbline/testkit';

import { SimulatedFile } from './simulated-file.ts';

type NameChange = {
  readonly folder: string;
  readonly gone: string | undefined;
  readonly put: { readonly path: string; readonly file: SimulatedFile } | undefined;
};

/** Which files there are: what everybody sees, and what a power cut leaves. */
export class SimulatedNames {
  #cache = new Map<string, SimulatedFile>();
  #durable = new Map<string, SimulatedFile>();
  #pending: NameChange[] = [];

  get files(): Iterable<SimulatedFile> {
    return this.#cache.values();
  }

  find(path: string): SimulatedFile | undefined {
    return this.#cache.get(path);
  }

  list(folder: string): readonly string[] {
    const above = folder === '.' ? '' : `${folder}/`;
    const names = [...this.#cache.keys()]
      .filter((path) => path.startsWith(above))
      .map((path) => path.slice(above.length).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  create(path: string): SimulatedFile {
    const file = new SimulatedFile();
    this.#change({ folder: posix.dirname(path), gone: undefined, put: { path, file } });
    return file;
  }

  rename(from: string, to: string): boolean {
    const file = this.#cache.get(from);
    if (file === undefined) return false;
    this.#change({ folder: posix.dirname(to), gone: from, put: { path: to, file } });
    return true;
  }

  link(from: string, to: string): void {
    const file = this.#cache.get(from);
    if (file === undefined || this.#cache.has(to)) return;
    this.#change({ folder: posix.dirname(to), gone: undefined, put: { path: to, file } });
  }

  remove(path: string): void {
    if (!this.#cache.has(path)) return;
    this.#change({ folder: posix.dirname(path), gone: path, put: undefined });
  }

  settle(folder: string): void {
    for (const change of this.#pending) if (change.folder === folder) put(this.#durable, change);
    this.#pending = this.#pending.filter((change) => change.folder !== folder);
  }

  /** Keeps any of the unsynced names, and of every file what its own changes leave. */
  cutPower(dice: Random): void {
    const mood = dice.below(3);
    const touched = new Set<SimulatedFile>([...this.#cache.values(), ...this.#durable.values()]);
    for (const change of this.#pending) {
      if (mood === 0 || (mood === 1 && dice.chance(0.5))) put(this.#durable, change);
    }
    this.#pending = [];
    this.#cache = new Map(this.#durable);
    for (const file of touched) file.cutPower(dice);
  }

  #change(change: NameChange): void {
    put(this.#cache, change);
    this.#pending.push(change);
  }
}

function put(names: Map<string, SimulatedFile>, change: NameChange): void {
  if (change.gone !== undefined) names.delete(change.gone);
  if (change.put !== undefined) names.set(change.put.path, change.put.file);
}
