import type { Entry, JsonObject } from '@plumbline/core';

import type { Execution } from '../guard/halts/executing.ts';
import type { Halted } from './executor.ts';

/** An execution that was begun, and whose end is not recorded. */
export type OpenExecution = Pick<
  Execution,
  'execution' | 'agent' | 'executor' | 'holder' | 'startedAt'
> &
  Halted;

const MOST_SESSIONS = 1_000;
/** What was begun before is begun once more where its halt still holds: it comes to the same. */
const MOST_BEGUN = 100_000;

/** Holds what the log says was begun, and of that what has not ended, as it is read. */
export class OpenExecutions {
  readonly #open = new Map<string, OpenExecution>();
  readonly #begun = new Set<string>();

  /** Takes one entry of the log. */
  fold({ kind, agent, at, open }: Pick<Entry, 'kind' | 'agent' | 'at' | 'open'>): void {
    const { execution } = open;
    if (typeof execution !== 'string' || agent === null) return;
    if (kind === 'executor_ended') this.#open.delete(execution);
    if (kind !== 'executor_started') return;
    // The parser checked the open part's shape; the compiler sees JSON.
    const started = open as unknown as Omit<OpenExecution, 'agent' | 'startedAt' | 'sessions'> & {
      readonly sessions?: readonly string[];
    };
    const { sessions = null } = started;
    this.#open.set(execution, { ...started, sessions, agent, startedAt: at });
    this.#begun.add(keyOf({ ...started, agent }, started.executor));
    const [oldest] = this.#begun;
    if (this.#begun.size > MOST_BEGUN && oldest !== undefined) this.#begun.delete(oldest);
  }

  /** Returns whether an executor was ever begun for what a halt stops of an agent. */
  hasBegun(halted: Named, executor: string): boolean {
    return this.#begun.has(keyOf(halted, executor));
  }

  /** Returns what is open, in the order in which it was begun. */
  all(): readonly OpenExecution[] {
    return [...this.#open.values()];
  }
}

type Named = Pick<Halted, 'halt' | 'agent' | 'scope' | 'target'>;

function keyOf({ halt, agent, scope, target }: Named, executor: string): string {
  return JSON.stringify([halt, agent, scope, target, executor]);
}

/** Returns the open part of the entry that says an execution was begun. */
export function openOfStart(
  { execution, executor, holder }: Execution,
  halted: Halted,
): JsonObject {
  const { halt, scope, target, epoch, sessions } = halted;
  const started = { execution, halt, executor, holder, scope, target, epoch };
  // Of a room or a task the name alone does not say which sessions were meant.
  const isNamed = (scope !== 'room' && scope !== 'task') || sessions === null;
  return isNamed ? started : { ...started, sessions: sessions.slice(0, MOST_SESSIONS) };
}

/** Returns the open part of the entry that says what an execution came to. */
export function openOfEnd({ execution, executor, state, ms, tries, why }: Execution): JsonObject {
  return { execution, executor, state, ms: Math.round(ms ?? 0), tries, why };
}
