import type { JsonObject } from '@plumbline/core';

import { withUse } from './claude-code.ts';
import { nameIn, resultOf, textIn } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken } from './hook-event.ts';

/** Codex. Source: developers.openai.com/codex/hooks. */
export const codex: Dialect = { prefix: 'codex.', read, write };

const FRESH: ReadonlySet<string> = new Set(['startup', 'clear']);

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
    case 'Stop':
    case 'StopFailure':
    case 'Interrupt':
    case 'SubagentStop':
      return { kind: 'pause', session, by: nameIn(body, 'agent_id') };
    default:
      return { kind: 'none' };
  }
}

/**
 * Codex lets everything through whose answer has a member it does not take at that event, so a
 * refusal is an exit code and never an answer.
 */
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
    case 'refuse': {
      const { say, isStopped } = answer;
      const value = { decision: 'block', reason: say };
      if (isStopped && (event.kind === 'after' || event.kind === 'prompt')) {
        return { kind: 'json', value: { continue: false, stopReason: say } };
      }
      return { kind: 'block', say, value };
    }
  }
}
