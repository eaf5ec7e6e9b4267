import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import type { EgressResult } from '../../egress/egress.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { HTTP_BOUNDS } from '../http-sent.ts';

/** What a method answered: the call itself, and the object it said. */
export type SlackAnswer = {
  readonly result: EgressResult;
  readonly said: JsonObject | undefined;
};

/** Calls methods of Slack's Web API with one token. */
export type SlackApi = {
  readonly post: (method: string, body: JsonObject) => Promise<SlackAnswer>;
  readonly get: (method: string, query: URLSearchParams) => Promise<SlackAnswer>;
};

// What is looked through is larger than what is answered to a post.
const MOST_LOOKED = 4_194_304;

/** Returns the Web API at an address. */
export function makeSlackApi(
  { api, token }: { readonly api: string; readonly token: string },
  egress: ChannelNeeds['egress'],
  signal: AbortSignal,
): SlackApi {
  const authorization = `Bearer ${token}`;
  return {
    post: async (method, body) => {
      const headers = { 'content-type': 'application/json; charset=utf-8', authorization };
      const sent = { url: `${api}/${method}`, method: 'POST', headers, signal } as const;
      return answerOf(
        await egress.request({ ...sent, body: JSON.stringify(body), ...HTTP_BOUNDS }),
      );
    },
    get: async (method, query) => {
      const url = `${api}/${method}?${query.toString()}`;
      const bounds = { ...HTTP_BOUNDS, maxBytes: MOST_LOOKED };
      const headers = { authorization };
      return answerOf(await egress.request({ url, method: 'GET', headers, signal, ...bounds }));
    },
  };
}

function answerOf(result: EgressResult): SlackAnswer {
  if (!result.ok) return { result, said: undefined };
  const value = parsedJson(Buffer.from(result.value.body).toString('utf8'));
  return { result, said: isJsonObject(value) ? value : undefined };
}
