import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { CODES, type Request, type ResponseBody } from './message.ts';

/** How a request is sent again, and how its client is asked. */
export type InputAnswering = {
  readonly send: (more: JsonObject) => Promise<ResponseBody>;
  readonly ask: (question: Pick<Request, 'method' | 'params'>) => Promise<ResponseBody>;
};

// A server that asks on and on would be answered for ever.
const MOST_ROUNDS = 8;

/**
 * Asks a client with a handshake what a server without one wants to know, and sends the request
 * again with the replies, for as long as the server asks. Source: spec/mcp.md, "Eras".
 */
export async function answerInputs(
  first: ResponseBody,
  { send, ask }: InputAnswering,
): Promise<ResponseBody> {
  let body = first;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (body.kind === 'error' || body.result['resultType'] !== 'input_required') return body;
    const { inputRequests, requestState } = body.result;
    const replies = await repliesTo(inputRequests, ask);
    if (replies === null) return UNASKED;
    const state = requestState === undefined ? {} : { requestState };
    body = await send({ inputResponses: replies, ...state });
  }
  return body;
}

async function repliesTo(
  inputRequests: Json | undefined,
  ask: InputAnswering['ask'],
): Promise<JsonObject | null> {
  const replies: [string, Json][] = [];
  const asked = isJsonObject(inputRequests ?? null) ? Object.entries(Object(inputRequests)) : [];
  for (const [key, question] of asked) {
    const { method, params }: JsonObject = Object(question);
    if (typeof method !== 'string') return null;
    const reply = await ask({ method, params: isJsonObject(params ?? null) ? Object(params) : {} });
    if (reply.kind === 'error') return null;
    replies.push([key, reply.result]);
  }
  return Object.fromEntries(replies);
}

const UNASKED: ResponseBody = {
  kind: 'error',
  error: { code: CODES.internal, message: 'the server asks what this client does not answer' },
};
