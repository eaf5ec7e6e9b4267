import { type Json, type JsonObject, parsedJson } from '@plumbline/core';

import { nameIn, resultOf, textIn } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken, ToolName, ToolUse } from './hook-event.ts';
import { after, before, promptOf, useOf } from './told.ts';

/** Cursor. Source: cursor.com/docs/agent/hooks. */
export const cursor: Dialect = { prefix: 'cursor.', read, write };

function read(event: string, body: JsonObject): HookEvent | null {
  const session = nameIn(body, 'conversation_id') ?? nameIn(body, 'session_id');
  if (session === null) return null;
  switch (event) {
    case 'sessionStart':
      return { kind: 'start', session, isFresh: true };
    case 'beforeSubmitPrompt':
      return promptOf(session, body);
    case 'stop':
      return { kind: 'pause', session, by: null };
    case 'sessionEnd':
      return { kind: 'end', session };
    default:
      return readUse(event, session, body);
  }
}

function readUse(event: string, session: string, body: JsonObject): HookEvent | null {
  switch (event) {
    case 'preToolUse':
    case 'beforeMCPExecution':
      return before(session, useIn(body, event));
    case 'beforeShellExecution':
      return before(session, shellIn(body));
    case 'beforeReadFile':
      return before(session, fileIn(body));
    case 'postToolUse': {
      const result = outputOf(body['tool_output']);
      return after(session, useIn(body, event), { status: 'ok', result });
    }
    case 'afterMCPExecution': {
      const result = outputOf(body['result_json']);
      return after(session, useIn(body, event), { status: 'ok', result });
    }
    case 'afterShellExecution':
      return after(session, shellIn(body), { status: 'ok', result: resultOf(body['output']) });
    case 'postToolUseFailure': {
      const result = resultOf(body['error_message']);
      const status = body['failure_type'] === 'permission_denied' ? 'not_sent' : 'error';
      return after(session, useIn(body, event), { status, result });
    }
    default:
      return { kind: 'none' };
  }
}

function useIn(body: JsonObject, event: string): ToolUse | null {
  const id = nameIn(body, 'tool_use_id');
  const isMcp = event.endsWith('MCPExecution');
  const tool = (name: string): ToolName =>
    isMcp ? { kind: 'mcp', server: null, name } : toolOf(name);
  return useOf(body, { id, by: null, tool });
}

// Which server a tool is of Cursor does not say.
function toolOf(name: string): ToolName {
  return name.startsWith('MCP:')
    ? { kind: 'mcp', server: null, name: name.slice('MCP:'.length) }
    : { kind: 'own', name };
}

function shellIn(body: JsonObject): ToolUse | null {
  const command = textIn(body, 'command');
  if (command === null) return null;
  return { id: null, tool: { kind: 'own', name: 'Shell' }, args: { command }, by: null };
}

function fileIn(body: JsonObject): ToolUse | null {
  const path = textIn(body, 'file_path');
  if (path === null) return null;
  return { id: null, tool: { kind: 'own', name: 'Read' }, args: { file_path: path }, by: null };
}

function outputOf(output: Json | undefined): Json {
  const parsed = typeof output === 'string' ? parsedJson(output) : undefined;
  return resultOf(parsed ?? output);
}

function write(event: HookEvent, _name: string, answer: HookAnswer): Spoken {
  switch (answer.kind) {
    case 'pass':
      return { kind: 'json', value: event.kind === 'before' ? { permission: 'allow' } : {} };
    case 'tell':
      return { kind: 'json', value: told(event, answer.say) };
    case 'rewrite':
      return { kind: 'json', value: { permission: 'allow', updated_input: answer.args } };
    case 'refuse': {
      const { say } = answer;
      // Behind an exit code Cursor reads no answer, and would show what must be withheld.
      if (event.kind === 'after') return { kind: 'json', value: refused(event, say) };
      return { kind: 'block', say, value: refused(event, say) };
    }
  }
}

function told(event: HookEvent, say: string): JsonObject {
  return event.kind === 'prompt' ? { continue: true, user_message: say } : { user_message: say };
}

function refused(event: HookEvent, say: string): JsonObject {
  switch (event.kind) {
    case 'before':
      return { permission: 'deny', user_message: say, agent_message: say };
    case 'after':
      return { updated_mcp_tool_output: { refused: say }, additional_context: say };
    default:
      return { continue: false, user_message: say };
  }
}
