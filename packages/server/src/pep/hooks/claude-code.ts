import type { JsonObject } from '@plumbline/core';

import { argsIn, nameIn, resultOf, textIn } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken, ToolName, ToolUse } from './hook-event.ts';

/** Claude Code. Source: code.claude.com/docs, "Hooks reference". */
export const claudeCode: Dialect = { prefix: 'claude.', read, write };

const FRESH: ReadonlySet<string> = new Set(['startup', 'clear']);

const NOT_RUN = { kind: 'after', status: 'not_sent', result: null } as const;

function read(event: string, body: JsonObject): HookEvent | null {
  const session = nameIn(body, 'session_id');
  if (session === null) return null;
  switch (event) {
    case 'SessionStart':
      return { kind: 'start', session, isFresh: FRESH.has(textIn(body, 'source') ?? '') };
    case 'UserPromptSubmit': {
      const text = textIn(body, 'prompt');
      return text === null ? null : { kind: 'prompt', session, text };
    }
    case 'PreToolUse':
      return withUse(body, (use) => ({ kind: 'before', session, use }));
    case 'PostToolUse': {
      const result = resultOf(body['tool_response']);
      return withUse(body, (use) => ({ kind: 'after', session, use, status: 'ok', result }));
    }
    case 'PostToolUseFailure': {
      const result = resultOf(body['error']);
      return withUse(body, (use) => ({ kind: 'after', session, use, status: 'error', result }));
    }
    case 'PermissionDenied':
      return withUse(body, (use) => ({ ...NOT_RUN, session, use }));
    case 'Stop':
    case 'StopFailure':
    case 'SubagentStop':
      return { kind: 'pause', session, by: nameIn(body, 'agent_id') };
    case 'SessionEnd':
      return { kind: 'end', session };
    default:
      return { kind: 'none' };
  }
}

/** Returns an event about one use of a tool, as Claude Code and Codex tell it. */
export function withUse(body: JsonObject, then: (use: ToolUse) => HookEvent): HookEvent | null {
  const [name, args] = [nameIn(body, 'tool_name'), argsIn(body, 'tool_input')];
  if (name === null || args === null) return null;
  const [id, by] = [nameIn(body, 'tool_use_id'), nameIn(body, 'agent_id')];
  return then({ id, tool: toolOf(name), args, by });
}

/** Returns what `mcp__<server>__<tool>` names, or one of the client's own tools. */
export function toolOf(name: string): ToolName {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  if (server === undefined || tool === undefined) return { kind: 'own', name };
  const whole = `${server}__${tool}`;
  const isOnly = whole.indexOf('__') === whole.lastIndexOf('__');
  return { kind: 'mcp', server, name: tool, ...(isOnly ? {} : { isGuess: true }) };
}

function write(event: HookEvent, name: string, answer: HookAnswer): Spoken {
  switch (answer.kind) {
    case 'pass':
      return { kind: 'json', value: {} };
    case 'tell':
      return { kind: 'json', value: { systemMessage: answer.say } };
    case 'rewrite': {
      const own = { hookEventName: name, permissionDecision: 'allow', updatedInput: answer.args };
      return { kind: 'json', value: { hookSpecificOutput: own } };
    }
    case 'refuse':
      return refused(event, name, answer);
  }
}

function refused(
  event: HookEvent,
  name: string,
  { say, isStopped }: Extract<HookAnswer, { readonly kind: 'refuse' }>,
): Spoken {
  const denied =
    event.kind === 'before'
      ? {
          hookSpecificOutput: {
            hookEventName: name,
            permissionDecision: 'deny',
            permissionDecisionReason: say,
          },
        }
      : { decision: 'block', reason: say };
  const withheld =
    event.kind === 'after'
      ? { hookSpecificOutput: { hookEventName: name, updatedToolOutput: say } }
      : {};
  if (isStopped) {
    return { kind: 'json', value: { ...denied, continue: false, stopReason: say } };
  }
  const value = { ...denied, ...withheld };
  // As an exit code the refusal of a call would reach the model behind the hook's command line.
  const isAnswer = event.kind === 'before' || event.kind === 'after';
  return isAnswer ? { kind: 'json', value } : { kind: 'block', say, value };
}
