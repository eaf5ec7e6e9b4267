import type { Json, JsonObject } from '@plumbline/core';

import { argsIn, nameIn, textIn } from './fields.ts';
import type { HookEvent, ToolName, ToolUse } from './hook-event.ts';

/** How a conversation starts in which nothing was read yet. */
const FRESH: ReadonlySet<string> = new Set(['startup', 'clear']);

/** How a use of a tool ended, in the client's word. */
export type Ending = { readonly status: 'ok' | 'error' | 'not_sent'; readonly result: Json };

/** Returns the start of a conversation whose `source` says whether it goes on with another. */
export function startOf(session: string, body: JsonObject): HookEvent {
  return { kind: 'start', session, isFresh: FRESH.has(textIn(body, 'source') ?? '') };
}

/** Returns the words of the person, or null where there are none. */
export function promptOf(session: string, body: JsonObject): HookEvent | null {
  const text = textIn(body, 'prompt');
  return text === null ? null : { kind: 'prompt', session, text };
}

/** Returns what a client tells of a tool by `tool_name` and `tool_input`, or null. */
export function useOf(
  body: JsonObject,
  { tool, ...by }: Pick<ToolUse, 'id' | 'by'> & { readonly tool: (name: string) => ToolName },
): ToolUse | null {
  const [name, args] = [nameIn(body, 'tool_name'), argsIn(body, 'tool_input')];
  return name === null || args === null ? null : { ...by, tool: tool(name), args };
}

/** Returns a use that is about to be, or null where it cannot be read. */
export function before(session: string, use: ToolUse | null): HookEvent | null {
  return use === null ? null : { kind: 'before', session, use };
}

/** Returns a use that has ended, or null where it cannot be read. */
export function after(session: string, use: ToolUse | null, ending: Ending): HookEvent | null {
  return use === null ? null : { kind: 'after', session, use, ...ending };
}
