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

/** What an agent says of its own session: whether what was asked for was done. */
export type SelfReport = {
  readonly agent: string;
  readonly session: string;
  readonly resolved: boolean;
  /** In its own words; sealed. */
  readonly note: string | null;
};

/** What is only written down and changes no state, by what it resolves with once it is durable. */
export type Noting<Noted> = {
  /** Writes down a call that an enforcement point refused before asking. */
  readonly refusedCall: (call: RefusedCall) => Promise<Noted>;
  /** Writes down what a supervisor saw of what it runs. */
  readonly observed: (seen: Observed) => Promise<Noted>;
  /** Writes down what an agent says of its session; of several reports the last counts. */
  readonly reported: (report: SelfReport) => Promise<Noted>;
};
