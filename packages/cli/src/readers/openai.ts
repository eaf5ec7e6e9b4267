import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import type { RecordPlace } from './agentdojo.ts';
import { fieldOf } from './fields.ts';
import { attackCallsOf, labelsOf } from './labels.ts';
import { blocksIn, contentText, responsesMessages, resultContent } from './openai-items.ts';
import type { Run } from './run.ts';
import { argumentsOf, Transcript } from './transcript.ts';

/**
 * Returns the run of one OpenAI-style record: Chat Completions `messages` (also under `request`,
 * with the last answer under `choices` or `response.choices`), Responses `input` and `output`
 * items, or messages with Anthropic's `tool_use` and `tool_result` blocks.
 *
 * Errors: `Stop` with `file:line` naming the member that is not as the format says.
 */
export function openaiRun(record: JsonObject, { file, line }: RecordPlace): Run {
  const place = `${file}:${line}`;
  const transcript = new Transcript();
  const startMs = startOf(record);
  for (const [index, message] of messagesOf(record, place).entries()) {
    const atMs = startMs === null ? null : startMs + index * 1_000;
    readMessage(transcript, message, { index, place, atMs });
  }
  return {
    file,
    line,
    format: 'openai',
    fields: record,
    labels: labelsOf(record, place),
    steps: transcript.steps,
    callCount: transcript.callCount,
    attackCalls: attackCallsOf(record['attack_calls'], transcript.ordinals, place),
  };
}

type At = { readonly index: number; readonly place: string; readonly atMs: number | null };

function startOf(record: JsonObject): number | null {
  const seconds = record['created_at'] ?? record['created'];
  return typeof seconds === 'number' && seconds > 0 ? Math.floor(seconds) * 1_000 : null;
}

function messagesOf(record: JsonObject, place: string): readonly Json[] {
  const messages = fieldOf(record, 'messages') ?? fieldOf(record, 'request.messages');
  if (Array.isArray(messages)) return [...messages, ...answerOf(record)];
  const items = responsesMessages(record);
  if (items !== null) return items;
  throw new Stop('messages is not a list, and there is no input list either', place);
}

/** The answer to the last request, where a log keeps request and response side by side. */
function answerOf(record: JsonObject): readonly Json[] {
  const choices = fieldOf(record, 'choices') ?? fieldOf(record, 'response.choices');
  const first: Json | undefined = Array.isArray(choices) ? choices[0] : undefined;
  const message = isJsonObject(first) ? first['message'] : undefined;
  return message === undefined || message === null ? [] : [message];
}

function readMessage(transcript: Transcript, message: Json, at: At): void {
  if (!isJsonObject(message)) throw wrong(at, '', 'an object');
  const { role, content } = message;
  switch (role) {
    case 'system':
    case 'developer':
      return transcript.message('system', contentText(content), at.atMs);
    case 'user':
      readBlocks(transcript, content, at);
      return transcript.message('user', contentText(content), at.atMs);
    case 'assistant':
      readBlocks(transcript, content, at);
      return readCalls(transcript, message, at);
    case 'tool':
    case 'function':
      return readResult(transcript, message, at);
    default:
      throw wrong(at, '.role', 'system, developer, user, assistant or tool');
  }
}

/** Anthropic's Messages hold calls and results among the blocks of a message's content. */
function readBlocks(transcript: Transcript, content: Json | undefined, at: At): void {
  for (const [index, block] of blocksIn(content).entries()) {
    if (block.kind === 'call') {
      const call = { id: block.id, function: { name: block.name, arguments: block.args } };
      readCall(transcript, call, { ...at, call: index });
      continue;
    }
    const { id, isError } = block;
    const found = { id: textOrNull(id), result: resultContent(block.content), isError };
    if (!transcript.result(found, at.atMs)) throw wrong(at, '', 'the result of a call before it');
  }
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function readCalls(transcript: Transcript, message: JsonObject, at: At): void {
  const { tool_calls: calls, function_call: legacy } = message;
  if (isJsonObject(legacy)) readCall(transcript, { function: legacy }, { ...at, call: 0 });
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) throw wrong(at, '.tool_calls', 'a list');
  for (const [index, call] of calls.entries()) readCall(transcript, call, { ...at, call: index });
}

function readCall(transcript: Transcript, call: Json, at: At & { readonly call: number }): void {
  const body = isJsonObject(call) ? (call['function'] ?? call['custom']) : undefined;
  if (!isJsonObject(call) || !isJsonObject(body) || typeof body['name'] !== 'string') {
    throw wrong(at, `.tool_calls[${at.call}].function.name`, 'text');
  }
  const found = {
    id: textOrNull(call['id']),
    tool: body['name'],
    args: argumentsOf(body['arguments'] ?? freeInput(body['input'])),
    at: `${at.index}:${at.call}`,
  };
  transcript.call(found, at.atMs);
}

/** A custom tool takes free text; the kernel sees it as the argument `input`. */
function freeInput(input: Json | undefined): Json | undefined {
  return typeof input === 'string' ? { input } : input;
}

function readResult(transcript: Transcript, message: JsonObject, at: At): void {
  const { tool_call_id: id, content, error } = message;
  const found = {
    id: textOrNull(id),
    result: resultContent(content),
    isError: typeof error === 'string' && error !== '',
  };
  if (!transcript.result(found, at.atMs)) throw wrong(at, '', 'the result of a call before it');
}

function wrong({ index, place }: At, member: string, expected: string): Stop {
  return new Stop(`messages[${index}]${member} is not ${expected}`, place);
}
