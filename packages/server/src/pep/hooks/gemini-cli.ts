import { isJsonObject, type JsonObject } from '@plumbline/core';

import { nameIn, resultOf } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken, ToolName, ToolUse } from './hook-event.ts';
import { after, before, type Ending, promptOf, startOf, useOf } from './told.ts';

/** Gemini CLI. Source: geminicli.com/docs/hooks/reference. */
export const geminiCli: Dialect = { prefix: 'gemini.', read, write };

function read(event: string, body: JsonObject): HookEvent | null {
  const session = nameIn(body, 'session_id');
  if (session === null) return null;
  switch (event) {
    case 'SessionStart':
      return startOf(session, body);
    case 'BeforeAgent':
      return promptOf(session, body);
    case 'BeforeTool':
      return before(session, useIn(body));
    case 'AfterTool':
      return after(session, useIn(body), endingIn(body));
    case 'AfterAgent':
      return { kind: 'pause', session, by: null };
    case 'SessionEnd':
      return { kind: 'end', session };
    default:
      return { kind: 'none' };
  }
}

function useIn(body: JsonObject): ToolUse | null {
  const id = nameIn(body, 'tool_call_id');
  return useOf(body, { id, by: null, tool: (name) => toolIn(body, name) });
}

// A tool of a server is called `mcp_<server>_<tool>`, which says neither where one ends; the
// context of the call does.
function toolIn(body: JsonObject, name: string): ToolName {
  const context = body['mcp_context'];
  if (!isJsonObject(context)) {
    return name.startsWith('mcp_')
      ? { kind: 'mcp', server: null, name: name.slice('mcp_'.length) }
      : { kind: 'own', name };
  }
  const tool = nameIn(context, 'tool_name') ?? name;
  return { kind: 'mcp', server: nameIn(context, 'server_name'), name: tool };
}

function endingIn(body: JsonObject): Ending {
  const answer = body['tool_response'];
  if (!isJsonObject(answer)) return { status: 'ok', result: resultOf(answer) };
  const { llmContent, error } = answer;
  const status = error === undefined || error === null ? 'ok' : 'error';
  return { status, result: resultOf(llmContent ?? answer) };
}

/**
 * A refusal is an answer: an exit code blocks as well, and Gemini CLI then tells the person that
 * the hook failed.
 */
function write(event: HookEvent, name: string, answer: HookAnswer): Spoken {
  switch (answer.kind) {
    case 'pass':
      return { kind: 'json', value: {} };
    case 'tell':
      return { kind: 'json', value: { systemMessage: answer.say } };
    case 'rewrite':
      return rewritten(event, name, answer.args);
    case 'refuse': {
      const { say, isStopped } = answer;
      const value = { decision: 'deny', reason: say };
      const stop = isStopped ? { continue: false, stopReason: say } : {};
      return { kind: 'json', value: { ...value, ...stop } };
    }
  }
}

// The members of a rewrite are laid over those of the call, so one that is taken away would stay.
function rewritten(event: HookEvent, name: string, args: JsonObject): Spoken {
  const gone =
    event.kind === 'before'
      ? Object.keys(event.use.args).filter((member) => !(member in args))
      : [];
  const own = { hookEventName: name, tool_input: args };
  if (gone.length === 0) {
    return { kind: 'json', value: { decision: 'allow', hookSpecificOutput: own } };
  }
  const members = gone.map((member) => `\`${member.slice(0, 64)}\``).join(', ');
  const say = `plumbline refused this call: the pact takes ${members} away from it; leave it out`;
  return { kind: 'json', value: { decision: 'deny', reason: say } };
}
