import type { Json, JsonObject, OutcomeStatus } from '@plumbline/core';

import type { Answer } from '../../guard/guard.ts';

/** Either a value, or why the daemon did not do what was asked. */
export type Said<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** One action as the gateway asks about it. */
export type Asked = {
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
};

/** What became of one that was let through. */
export type Report = {
  readonly decision: string;
  readonly status: OutcomeStatus;
  readonly result: Json;
  /** With `unknown`: it goes on, so that a halt still has to reach it. */
  readonly isRunning?: true;
};

/** How what a server offers stands. Source: spec/mcp.md, section "Pins". */
export type Offered = {
  readonly tools: readonly {
    readonly tool: string;
    readonly state: 'usable' | 'unusable' | 'quarantined';
    readonly why: string | null;
    readonly say: string | null;
  }[];
  /** Every tool of the pact that the session could be let use. */
  readonly usable: readonly string[];
};

/**
 * What a gateway has of the daemon: one agent in one session.
 *
 * Contract:
 * - Nothing rejects. Where nothing is decided because the daemon is away, the code is
 *   `unavailable`.
 * - `forward` uses the permit and calls `send` in the turn in which it learnt that it may; `send`
 *   is not called otherwise. The signal is aborted by a halt that covers the action.
 * - `report` resolves with `ok` once the outcome is durable.
 */
export type Enforcement = {
  readonly decide: (action: Asked) => Promise<Said<Answer>>;
  readonly forward: (
    answer: Answer,
    send: (args: JsonObject, signal: AbortSignal | null) => void,
  ) => Promise<Said<null>>;
  readonly report: (report: Report) => Promise<Said<null>>;
  /** Whether an action that was let through only reads; absent where nobody asks for it. */
  readonly accessOf?: (answer: Answer) => 'read' | 'write';
  /** Returns whether the same action would still wait, without recording anything. */
  readonly isWaiting: (action: Asked) => Promise<boolean>;
  readonly offer: (
    server: string,
    tools: readonly { readonly tool: string; readonly definition: Json }[],
  ) => Promise<Said<Offered>>;
  /** Records a call that was refused before anything was decided. */
  readonly refused: (call: {
    readonly tool: string;
    readonly args: JsonObject;
    readonly server: string;
    readonly why: string;
  }) => Promise<Said<null>>;
  /** Records content that reaches the agent other than as a result. */
  readonly untrusted: (text: string) => Promise<Said<null>>;
};
