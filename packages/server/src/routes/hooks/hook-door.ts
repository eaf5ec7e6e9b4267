import type { JsonObject } from '@plumbline/core';

import type { Caller } from '../caller.ts';

/** What whoever installed a hook attests, and how it is answered. */
export type HookAttested = {
  readonly principal: string;
  readonly task: string | null;
  /** Stands before the client's own tools in the pact; null: what its client has by default. */
  readonly prefix: string | null;
  /** MCP servers of the client that are behind the gateway, which decides their calls itself. */
  readonly gateways: readonly string[];
  /** How long a call may wait for a person or for facts. */
  readonly waitMs: number;
};

/** One event of a client; the gate has let it through. */
export type HookAsked = {
  readonly agent: string;
  readonly client: string;
  readonly event: string;
  readonly body: JsonObject;
  readonly caller: Caller;
  readonly attested: HookAttested;
};

/** What is answered in the client's own words, or why the event is not read. */
export type HookSaid =
  | { readonly kind: 'json'; readonly value: JsonObject }
  | { readonly kind: 'block'; readonly say: string; readonly value: JsonObject }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Answers the hooks of coding agents. Source: spec/hooks.md. */
export type HookDoor = {
  readonly take: (asked: HookAsked) => Promise<HookSaid>;
};
