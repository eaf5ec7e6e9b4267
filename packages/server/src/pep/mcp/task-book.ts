import type { JsonObject } from '@plumbline/core';

import type { RequestId } from './message.ts';
import type { Era } from './methods.ts';
import type { Task } from './task-shape.ts';

/** Why nothing more comes of a task. */
export type TaskEnd = 'halted' | 'expired' | 'server-gone' | 'closed';

/** A call that goes on at the server after it was answered. */
export type OpenTask = {
  readonly id: string;
  readonly era: Era;
  readonly tool: string;
  readonly decision: string;
  /** What goes with requests about it that are the gateway's own. */
  readonly meta: JsonObject;
  /** Where its progress is told; it stays good for as long as the task. */
  readonly progressToken: RequestId | null;
  readonly sinceMs: number;
  /** As the server said last. */
  task: Task;
  /** The last words of the server about it that are recorded. */
  said: string | null;
  /** The digest of its recorded result; null while there is none. */
  outcome: string | null;
  /** What is being recorded of it: one after the other. */
  recording: Promise<unknown>;
  end: TaskEnd | null;
  /** What it asked of the client, by key: the digest of the question, and whether it is open. */
  readonly asked: Map<string, { readonly digest: string; isOpen: boolean }>;
  /** Told when nothing more comes of it. */
  readonly waiting: Set<(why: TaskEnd) => void>;
};

const MOST_TASKS = 256;
const LONGEST_MS = 86_400_000;

/**
 * The tasks of one client at one server. Nobody else is told of them, by whatever id; what is not
 * in here is not there.
 */
export class TaskBook {
  readonly #tasks = new Map<string, OpenTask>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Whether one more finds no room. What came to its end makes room for what runs. */
  get isFull(): boolean {
    return this.running().length >= MOST_TASKS;
  }

  find(id: unknown): OpenTask | undefined {
    return typeof id === 'string' ? this.#tasks.get(id) : undefined;
  }

  /** Takes a task in; false where the server gave its id to another one. */
  add(task: OpenTask, expire: () => void): boolean {
    if (this.#tasks.has(task.id)) return false;
    const ended = [...this.#tasks.values()].find((each) => !isRunning(each));
    if (this.#tasks.size >= MOST_TASKS && ended !== undefined) this.forget(ended.id);
    this.#tasks.set(task.id, task);
    this.keepUntil(task, expire);
    return true;
  }

  /** Sets anew how long it is kept from its creation on: as its server says, and a day at most. */
  keepUntil({ id, sinceMs, task: { ttlMs } }: OpenTask, expire: () => void): void {
    clearTimeout(this.#timers.get(id));
    const lastsMs = Math.min(ttlMs ?? LONGEST_MS, LONGEST_MS) + sinceMs - performance.now();
    this.#timers.set(id, setTimeout(expire, Math.max(1, lastsMs)).unref());
  }

  forget(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#tasks.delete(id);
  }

  /** What was not seen to come to an end. */
  running(): readonly OpenTask[] {
    return [...this.#tasks.values()].filter(isRunning);
  }

  /** Whether progress told under a token belongs to a task that runs. */
  hasToken(token: unknown): boolean {
    return this.running().some(({ progressToken }) => token !== null && progressToken === token);
  }
}

// One that was cancelled may still have acted, and its end was told as unknown.
function isRunning({ end, task, outcome }: OpenTask): boolean {
  return end === null && outcome === null && task.status !== 'cancelled';
}
