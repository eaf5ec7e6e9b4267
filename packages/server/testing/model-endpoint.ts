import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** One thing a scripted model does in a turn. */
export type ScriptedCall = { readonly tool: string; readonly args: JsonObject };

/** A model on this machine that says what it was told to, and what it was asked. */
export type ModelEndpoint = {
  readonly url: string;
  /** The body of every request that offered tools, oldest first. */
  readonly asked: () => readonly JsonObject[];
  readonly close: () => Promise<void>;
};

/**
 * Opens an endpoint that speaks Anthropic's Messages, Gemini's generateContent and OpenAI's
 * Responses: for each turn it makes the next calls of a script, and then says that it is done.
 */
export async function openModelEndpoint(
  script: readonly (readonly ScriptedCall[])[],
): Promise<ModelEndpoint> {
  const asked: JsonObject[] = [];
  let turn = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const isTurn = Array.isArray(body['tools']) && body['tools'].length > 0;
    const calls = isTurn ? (script[turn] ?? []) : [];
    if (isTurn) {
      asked.push(body);
      turn += 1;
    }
    answer(request.url ?? '', response, { body, calls, turn });
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  try {
    // What `JSON.parse` returns is JSON.
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
    return isJsonObject(body) ? body : {};
  } catch {
    // A request without a body, such as the list of models.
    return {};
  }
}

type Turn = {
  readonly body: JsonObject;
  readonly calls: readonly ScriptedCall[];
  readonly turn: number;
};

function answer(url: string, response: ServerResponse, turn: Turn): void {
  if (url.includes('count_tokens') || url.includes('countTokens')) {
    return asJson(response, { input_tokens: 1, totalTokens: 1 });
  }
  if (url.includes('/v1/messages')) return asMessages(response, turn);
  if (url.includes('enerateContent')) return asGemini(url, response, turn);
  if (url.includes('/responses')) return asResponses(response, turn);
  return asJson(response, { data: [], models: [] });
}

function asJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

type Say = (event: string, value: object) => void;

function streamOf(response: ServerResponse): Say {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (event, value) => {
    const said = JSON.stringify({ type: event, ...value });
    response.write(`event: ${event}\ndata: ${said}\n\n`);
  };
}

function asMessages(response: ServerResponse, { body, calls, turn }: Turn): void {
  const blocks = calls.map(({ tool, args }, at) => ({
    type: 'tool_use',
    id: `toolu_${turn}_${at}`,
    name: tool,
    input: args,
  }));
  const content = blocks.length > 0 ? blocks : [{ type: 'text', text: 'all done' }];
  const stop_reason = blocks.length > 0 ? 'tool_use' : 'end_turn';
  const message = {
    id: `msg_${turn}`,
    type: 'message',
    role: 'assistant',
    model: body['model'] ?? 'scripted',
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  if (body['stream'] !== true) return asJson(response, message);
  const say = streamOf(response);
  say('message_start', { message: { ...message, content: [], stop_reason: null } });
  for (const [index, block] of content.entries()) {
    const isCall = 'input' in block;
    const content_block = isCall ? { ...block, input: {} } : { type: 'text', text: '' };
    const delta = isCall
      ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      : { type: 'text_delta', text: 'all done' };
    say('content_block_start', { index, content_block });
    say('content_block_delta', { index, delta });
    say('content_block_stop', { index });
  }
  say('message_delta', { delta: { stop_reason }, usage: { output_tokens: 1 } });
  say('message_stop', {});
  response.end();
}

function asGemini(url: string, response: ServerResponse, { calls }: Turn): void {
  const parts =
    calls.length > 0
      ? calls.map(({ tool, args }) => ({ functionCall: { name: tool, args } }))
      : [{ text: 'all done' }];
  const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', index: 0 };
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  const value = { candidates: [candidate], usageMetadata };
  if (!url.includes('stream')) return asJson(response, value);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`data: ${JSON.stringify(value)}\n\n`);
}

function asResponses(response: ServerResponse, { calls, turn }: Turn): void {
  const say = streamOf(response);
  const id = `resp_${turn}`;
  say('response.created', { response: { id } });
  const items =
    calls.length > 0
      ? calls.map(({ tool, args }, at) => ({
          type: 'function_call',
          call_id: `call_${turn}_${at}`,
          name: tool,
          arguments: JSON.stringify(args),
        }))
      : [
          {
            type: 'message',
            role: 'assistant',
            id: `msg_${turn}`,
            content: [{ type: 'output_text', text: 'all done' }],
          },
        ];
  for (const item of items) say('response.output_item.done', { item });
  const usage = {
    input_tokens: 1,
    input_tokens_details: null,
    output_tokens: 1,
    output_tokens_details: null,
    total_tokens: 2,
  };
  say('response.completed', { response: { id, usage } });
  response.end();
}
