import type { Claim } from '@plumbline/core';

/** An open session of an agent. */
export type InSession = { readonly agent: string; readonly session: string };

/** What whoever gives or takes back a grant has to know of an open session. */
export type SessionView = {
  readonly principal: string;
  /** How many of its actions were decided. */
  readonly decided: number;
  /** The claim of an id that counts still; undefined when it is spent, over or was none. */
  readonly claim: (id: string) => Claim | undefined;
  /** Those of some tools and `category:<name>` that the armed pact does not know. */
  readonly unknown: (actions: readonly string[]) => readonly string[];
};
