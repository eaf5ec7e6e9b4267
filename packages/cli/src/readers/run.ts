import type { Json, JsonObject } from '@plumbline/core';

/** The formats of recorded runs that `plumb` reads. */
export const FORMATS = ['agentdojo', 'openai', 'otel'] as const;

/** One of the formats. */
export type Format = (typeof FORMATS)[number];

/**
 * One thing that happened in a recorded run, in order.
 *
 * `call` counts the run's tool calls from 0. `args` is null when the recorded arguments are not a
 * JSON object, which no enforcement point lets through. `atMs` is null where no time is recorded.
 */
export type Step =
  | {
      readonly kind: 'message';
      readonly role: 'user' | 'system';
      readonly text: string;
      readonly atMs: number | null;
    }
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly tool: string;
      readonly args: JsonObject | null;
      readonly atMs: number | null;
    }
  | {
      readonly kind: 'result';
      readonly call: number;
      readonly result: Json;
      readonly isError: boolean;
      readonly atMs: number | null;
    };

/** What a record says about itself; it sorts the report and is never seen by a decision. */
export type RunLabels = {
  readonly kind: 'benign' | 'attack' | 'injection_as_user';
  readonly suite: string;
  readonly model: string;
  readonly attack: string | null;
  readonly userTask: string | null;
  readonly injectionTask: string | null;
  readonly isSolved: boolean;
  readonly isReplayableAttack: boolean;
};

/**
 * One recorded run of an agent, read from a line of a log or from the spans of a trace.
 *
 * `fields` is what manifest rules match on. `attackCalls` are the calls made for the attacker.
 * `line` is where the run starts in `file`, from 1.
 */
export type Run = {
  readonly file: string;
  readonly line: number;
  readonly format: Format;
  readonly fields: JsonObject;
  readonly labels: RunLabels;
  readonly steps: readonly Step[];
  readonly callCount: number;
  readonly attackCalls: ReadonlySet<number>;
};

/** Returns the id of a run in reports: its groups where it names them, else its place. */
export function runId(run: Run): string {
  const { suite, model, userTask, attack, injectionTask } = run.labels;
  if (userTask === null) return runPlace(run);
  return [suite, model, userTask, attack ?? 'none', injectionTask ?? 'none'].join('/');
}

/** Returns `file:line` of a run. */
export function runPlace(run: Run): string {
  return `${run.file}:${run.line}`;
}
