import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { attackCallsOf, labelsOf } from './labels.ts';
import type { Run } from './run.ts';
import { Transcript } from './transcript.ts';

/** Where a record stands. */
export type RecordPlace = { readonly file: string; readonly line: number };

/**
 * Returns the run of one AgentDojo-format record: a JSON object with `messages`, whose calls hold
 * `function` and `args`.
 *
 * Errors: `Stop` with `file:line` naming the member that is not as the format says.
 */
export function agentdojoRun(record: JsonObject, { file, line }: RecordPlace): Run {
  const place = `${file}:${line}`;
  const { messages } = record;
  if (!Array.isArray(messages)) throw new Stop('messages is not a list', place);
  const transcript = new Transcript();
  for (let index = 0; index < messages.length; index += 1) {
    readMessage(transcript, messages[index], { index, place });
  }
  return {
    file,
    line,
    format: 'agentdojo',
    fields: record,
    labels: labelsOf(record, place),
    steps: transcript.steps,
    callCount: transcript.callCount,
    attackCalls: attackCallsOf(record['attack_calls'], transcript.ordinals, place),
  };
}

type At = { readonly index: number; readonly place: string };

function readMessage(transcript: Transcript, message: Json | undefined, at: At): void {
  if (!isJsonObject(message)) throw wrong(at, '', 'an object');
  const { role, content } = message;
  switch (role) {
    case 'system':
    case 'user':
      return transcript.message(role, typeof content === 'string' ? content : '');
    case 'assistant':
      return readCalls(transcript, message['tool_calls'], at);
    case 'tool':
      return readResult(transcript, message, at);
    default:
      throw wrong(at, '.role', 'system, user, assistant or tool');
  }
}

function readCalls(transcript: Transcript, calls: Json | undefined, at: At): void {
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) throw wrong(at, '.tool_calls', 'a list');
  for (let index = 0; index < calls.length; index += 1) {
    const call: Json | undefined = calls[index];
    if (!isJsonObject(call)) throw wrong(at, `.tool_calls[${index}]`, 'an object');
    const { id, function: tool, args } = call;
    if (typeof tool !== 'string') throw wrong(at, `.tool_calls[${index}].function`, 'text');
    transcript.call({
      id: typeof id === 'string' ? id : null,
      tool,
      args: isJsonObject(args) ? args : null,
      at: `${at.index}:${index}`,
    });
  }
}

function readResult(transcript: Transcript, message: JsonObject, at: At): void {
  const { content, error, tool_call_id: id } = message;
  const isError = typeof error === 'string' && error !== '';
  const text = typeof content === 'string' ? content : '';
  const found = transcript.result({
    id: typeof id === 'string' ? id : null,
    result: isError && text === '' ? error : text,
    isError,
  });
  if (!found) throw wrong(at, '', 'the result of a call before it');
}

function wrong({ index, place }: At, member: string, expected: string): Stop {
  return new Stop(`messages[${index}]${member} is not ${expected}`, place);
}
