import type { Json, JsonObject } from '@plumbline/core';

/** A tool as a client names it: one of its own, or one of an MCP server it is connected to. */
export type ToolName =
  | { readonly kind: 'own'; readonly name: string }
  /** `server` is null where the client does not say which it is. */
  | {
      readonly kind: 'mcp';
      readonly server: string | null;
      readonly name: string;
      /** Its name does not say where that of the server ends: another server may be meant. */
      readonly isGuess?: true;
    };

/** One use of a tool as a client tells of it. */
export type ToolUse = {
  /** The client's own id of the call; null where it gives none. */
  readonly id: string | null;
  readonly tool: ToolName;
  readonly args: JsonObject;
  /** Which sub-agent asks; null: the main one. */
  readonly by: string | null;
};

/**
 * What a client tells by a hook. `session` is the client's own id of a conversation.
 * Source: spec/hooks.md, section "Events".
 */
export type HookEvent =
  /** `isFresh`: the conversation holds nothing yet. */
  | { readonly kind: 'start'; readonly session: string; readonly isFresh: boolean }
  | { readonly kind: 'prompt'; readonly session: string; readonly text: string }
  | { readonly kind: 'before'; readonly session: string; readonly use: ToolUse }
  | {
      readonly kind: 'after';
      readonly session: string;
      readonly use: ToolUse;
      /** `not_sent`: the client says that it did not run. */
      readonly status: 'ok' | 'error' | 'not_sent';
      readonly result: Json;
    }
  /** The agent, or one of its sub-agents, waits for no tool any more. */
  | { readonly kind: 'pause'; readonly session: string; readonly by: string | null }
  | { readonly kind: 'end'; readonly session: string }
  /** Something that is neither an action nor said by anybody. */
  | { readonly kind: 'none' };

/** What a client is answered, in no client's words yet. */
export type HookAnswer =
  | { readonly kind: 'pass' }
  /** Go on, with these arguments. */
  | { readonly kind: 'rewrite'; readonly args: JsonObject }
  /** Go on, and tell the person at the machine. */
  | { readonly kind: 'tell'; readonly say: string }
  /** Not this. `isStopped`: and nothing else either, the agent is halted. */
  | { readonly kind: 'refuse'; readonly say: string; readonly isStopped: boolean };

/** The same in a client's words. */
export type Spoken =
  | { readonly kind: 'json'; readonly value: JsonObject }
  /** `value` says the same to clients that read an answer instead of an exit code. */
  | { readonly kind: 'block'; readonly say: string; readonly value: JsonObject };

/**
 * How one client speaks.
 *
 * Contract: both are pure. `read` returns null for what cannot be read, which is refused. `write`
 * never widens: what it cannot say it refuses.
 */
export type Dialect = {
  /** Stands before the names of its own tools in the pact, unless another is configured. */
  readonly prefix: string;
  readonly read: (event: string, body: JsonObject) => HookEvent | null;
  readonly write: (event: HookEvent, name: string, answer: HookAnswer) => Spoken;
};
