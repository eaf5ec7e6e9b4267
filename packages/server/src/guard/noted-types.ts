import type { JsonObject } from '@plumbline/core';

/** What a supervisor may have seen. Source: spec/entries.md. */
export type ObservedWhat = 'started' | 'processes' | 'connections' | 'files' | 'limit' | 'ended';

/** What of that people are told, and a pact may halt for. Source: spec/entries.md. */
export type ObservedFinding = 'limit_reached' | 'connection_refused' | 'escape_attempt';

/** What a supervisor saw of what it runs in a session. `events` is sealed. */
export type Observed = {
  readonly agent: string;
  readonly session: string;
  readonly what: ObservedWhat;
  /** How many of the events are something that was refused. */
  readonly refused: number;
  readonly events: readonly JsonObject[];
  /** What it found in them. */
  readonly finding?: ObservedFinding | undefined;
};

/** A call that an enforcement point did not even ask about. */
export type RefusedCall = {
  readonly agent: string;
  readonly session: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** The server whose tool it is, as the enforcement point calls it. */
  readonly server: string;
  /** A word for the reason, such as `changed`. */
  readonly why: string;
};
