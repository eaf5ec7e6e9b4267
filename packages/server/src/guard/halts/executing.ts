import type { HaltScope } from '@plumbline/core';

/** What an executor has come to, as whoever runs it says. `ms` counts from when it was begun. */
export type Executed = {
  readonly executor: string;
  readonly state: 'done' | 'failed';
  readonly ms: number;
  /** How often it was tried again. */
  readonly tries: number;
  readonly why: string | null;
};

/** One thing that is done beside stopping calls because of a halt. */
export type Execution = Omit<Executed, 'state' | 'ms'> & {
  readonly execution: string;
  readonly agent: string;
  /** Who does it: the daemon, or the name of an enforcement point. */
  readonly holder: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  /** Null while it runs. */
  readonly ms: number | null;
};

/** What a halt stops of one agent, as executors need to know it. */
export type HaltedPart = {
  readonly halt: string;
  readonly agent: string;
  readonly scope: HaltScope;
  readonly target: string;
  readonly epoch: number;
  /** The stop that enforcement points acknowledge. */
  readonly stop: number;
  /** Null: all of them. */
  readonly sessions: readonly string[] | null;
  /** Null: everything they do. */
  readonly tool: string | null;
  /** Who is waited for. */
  readonly holders: readonly {
    readonly lease: string;
    readonly name: string;
    readonly executors: readonly string[];
    readonly session: string | null;
  }[];
};

/**
 * Whatever is done beside stopping calls.
 *
 * Contract: `begin` is called in the turn that latches a halt, for each agent it concerns, and
 * must neither throw nor wait; what it can end at once it ends there.
 */
export type Executing = {
  readonly begin: (part: HaltedPart) => void;
  /** Is told that a halt was resumed, once that is durable, for each agent it stopped. */
  readonly lifted: (
    of: Pick<HaltedPart, 'halt' | 'agent' | 'scope' | 'target' | 'epoch' | 'sessions'>,
  ) => void;
  /** Takes what an enforcement point says it ended, for every stop up to this one. */
  readonly report: (
    lease: string,
    said: { readonly stop: number; readonly executed: readonly Executed[] | undefined },
  ) => void;
  /** Is told that nobody is waited for any more: who has not reported by then has not. */
  readonly settled: (halt: string, agent: string) => void;
  /** Returns what is done because of a halt, in the order in which it was begun. */
  readonly of: (halt: string) => readonly Execution[];
  /** Names who is told, in that turn, of every change of what is done because of a halt. */
  readonly watch: (changed: (halt: string) => void) => void;
};
