import type { Json, JsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';

/** What a session was told or shown, as it arrived. */
export type Content =
  { readonly kind: 'principal' | 'session' | 'untrusted'; readonly text: string } | ToolContent;

/** A tool's result with the arguments of its call. */
export type ToolContent = {
  readonly kind: 'tool';
  readonly tool: string;
  readonly trust: Trust;
  readonly args: JsonObject;
  readonly result: Json;
};
