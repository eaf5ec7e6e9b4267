import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledPact } from '@plumbline/core';

import { armPact } from '../files/arm-pact.ts';
import { Stop } from '../stop.ts';

/** A pact of the folder, ready for replays. */
export type FolderPact = {
  readonly file: string;
  /** As the kernel is to see it: without tasks where the replay takes them out. */
  readonly pact: CompiledPact;
  /** Tools (names or globs) of each task of every layer; null where the pact has no tasks. */
  readonly taskTools: ReadonlyMap<string, readonly string[]> | null;
};

/** The pacts of one folder, each loaded once, when a record first needs it. */
export class PactFolder {
  readonly #dir: string;
  readonly #hasTasks: boolean;
  readonly #loaded: Map<string, FolderPact> = new Map();

  constructor(dir: string, { hasTasks }: { readonly hasTasks: boolean }) {
    this.#dir = dir;
    this.#hasTasks = hasTasks;
  }

  /** Errors: `Stop` when there is no such pact, or it does not load. */
  get(agent: string): FolderPact {
    const found = this.#loaded.get(agent) ?? this.#load(agent);
    this.#loaded.set(agent, found);
    return found;
  }

  #load(agent: string): FolderPact {
    const file = join(this.#dir, `${agent}.pact.yaml`);
    if (!existsSync(file)) {
      throw new Stop(`the manifest names agent \`${agent}\`, and there is no such pact`, file);
    }
    const armed = armPact(file);
    const pact = this.#hasTasks ? armed : withoutTasks(armed);
    return { file, pact, taskTools: taskToolsOf(armed) };
  }
}

/** Returns the pact without its tasks: what remains is the protection that needs no purpose. */
export function withoutTasks(pact: CompiledPact): CompiledPact {
  return { ...pact, layers: pact.layers.map((layer) => ({ ...layer, tasks: null })) };
}

function taskToolsOf({ layers }: CompiledPact): FolderPact['taskTools'] {
  const narrowing = layers.flatMap(({ tasks }) => (tasks === null ? [] : [tasks]));
  const [first] = narrowing;
  if (first === undefined) return null;
  return new Map(Array.from(first, ([name, task]) => [name, task.tools]));
}
