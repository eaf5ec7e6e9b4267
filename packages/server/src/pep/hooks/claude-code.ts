import type { JsonObject } from '@plumbline/core';

import { nameIn, resultOf } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken, ToolName, ToolUse } from './hook-event.ts';
import { after, before, promptOf, startOf, useOf } from './told.ts';

/** Claude Code. Source: code.claude.com/docs, "Hooks reference". */
export const claudeCode: Dialect = { prefix: 'claude.', read, write };

function read(event: string, body: JsonObject): HookEvent | null {
  const session = nameIn(body, 'session_id');
  if (session === null) return null;
  switch (event) {
    case 'PostToolUseFailure':
      return after(session, useIn(body), { status: 'error', result: resultOf(body['error']) });
    case 'PermissionDenied':
      return after(session, useIn(body), { status: 'not_sent', result: null });
    case 'SessionEnd':
      return { kind: 'end', session };
    default:
      return readShared(event, session, body);
  }
}

/** Returns an event that Claude Code and Codex tell in the same words. */
export function readShared(event: string, session: string, body: JsonObject): HookEvent | null {
  switch (event) {
    case 'SessionStart':
      return startOf(session, body);
    case 'UserPromptSubmit':
      return promptOf(session, body);
    case 'PreToolUse':
      return before(session, useIn(body));
    case 'PostToolUse': {
      const result = resultOf(body['tool_response']);
      return after(session, useIn(body), { status: 'ok', result });
    }
    case 'Stop':
    case 'StopFailure':
    case 'SubagentStop':
      return { kind: 'pause', session, by: nameIn(body, 'agent_id') };
    default:
      return { kind: 'none' };
  }
}

function useIn(body: JsonObject): ToolUse | null {
  const [id, by] = [nameIn(body, 'tool_use_id'), nameIn(body, 'agent_id')];
  return useOf(body, { id, by, tool: toolOf });
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
  return answer.kind === 'refuse' ? refused(event, name, answer) : letOn(name, answer);
}

/** Returns an answer that refuses nothing, as Claude Code and Codex take it. */
export function letOn(
  name: string,
  answer: Exclude<HookAnswer, { readonly kind: 'refuse' }>,
): Spoken {
  switch (answer.kind) {
    case 'pass':
      return { kind: 'json', value: {} };
    case 'tell':
      return { kind: 'json', value: { systemMessage: answer.say } };
    case 'rewrite': {
      const own = { hookEventName: name, permissionDecision: 'allow', updatedInput: answer.args };
      return { kind: 'json', value: { hookSpecificOutput: own } };
    }
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
