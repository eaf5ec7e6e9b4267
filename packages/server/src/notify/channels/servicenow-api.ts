import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import type { ServiceNowConfig } from '../../config/notify.ts';
import type { EgressResult } from '../../egress/egress.ts';
import { later } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { type Failed, faultOf, HTTP_BOUNDS } from '../http-sent.ts';

/** One call of the Table API. */
export type TableCall = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below `/api/now/table/`. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly now: number;
  readonly signal?: AbortSignal;
};

/** The rows that were answered, or what became of the attempt. */
export type TableAnswer =
  | { readonly ok: true; readonly rows: readonly JsonObject[] }
  | { readonly ok: false; readonly sent: Failed };

/** Calls the Table API of one instance. */
export type TableApi = (call: TableCall) => Promise<TableAnswer>;

type Token = { readonly value: string; readonly untilMs: number };

const TOKEN_PATH = '/oauth_token.do';
const MARGIN_MS = 30_000;

/**
 * Returns the Table API of an instance, with Basic authentication or the client credentials of
 * OAuth 2.0; a token is used until it runs out or is not taken any more.
 */
export function makeTableApi(config: ServiceNowConfig, needs: ChannelNeeds): TableApi {
  let token: Token | null = null;
  const authorization = async (
    call: TableCall,
    secret: string,
  ): Promise<{ readonly value: string } | { readonly sent: Failed }> => {
    if (config.user !== null) {
      return { value: `Basic ${Buffer.from(`${config.user}:${secret}`).toString('base64')}` };
    }
    if (token === null || token.untilMs <= call.now) {
      const asked = await askToken(config, needs, { ...call, secret });
      if ('sent' in asked) return asked;
      token = asked;
    }
    return { value: `Bearer ${token.value}` };
  };
  return async (call) => {
    const found = needs.readSecret(config.secret);
    if (!found.ok) return { ok: false, sent: later('no-secret') };
    const shown = await authorization(call, found.secret);
    if ('sent' in shown) return { ok: false, sent: shown.sent };
    const result = await needs.egress.request({
      url: `${config.url}/api/now/table/${call.path}`,
      method: call.method,
      headers: {
        accept: 'application/json',
        authorization: shown.value,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...HTTP_BOUNDS,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (result.ok && result.value.status === 401) token = null;
    return answerOf(result, call.now);
  };
}

function answerOf(result: EgressResult, now: number): TableAnswer {
  const fault = faultOf(result, now);
  if (fault !== null) return { ok: false, sent: fault };
  const said = jsonIn(result)?.['result'];
  const rows = Array.isArray(said) ? said : [said ?? null];
  const whole = rows.filter((row) => isJsonObject(row));
  // A page for people to log in, or an instance that sleeps, is a 200 without a result.
  if (said === undefined) return { ok: false, sent: later('no-answer', { isAnswered: true }) };
  return { ok: true, rows: whole };
}

/** Source: RFC 6749, section 4.4. */
async function askToken(
  { url, clientId }: ServiceNowConfig,
  { egress }: ChannelNeeds,
  { now, signal, secret }: TableCall & { readonly secret: string },
): Promise<Token | { readonly sent: Failed }> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId ?? '',
    client_secret: secret,
  });
  const result = await egress.request({
    url: `${url}${TOKEN_PATH}`,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    ...HTTP_BOUNDS,
    ...(signal === undefined ? {} : { signal }),
  });
  // A client that is not taken may be mended: nothing is wrong with the message.
  if (!result.ok) return { sent: later(result.fault) };
  const { access_token: value, expires_in: seconds } = jsonIn(result) ?? {};
  if (result.value.status !== 200 || typeof value !== 'string') {
    return { sent: later(`token-${result.value.status}`, { isAnswered: true }) };
  }
  const lastsMs = typeof seconds === 'number' ? seconds * 1_000 : 0;
  return { value, untilMs: now + Math.max(0, lastsMs - MARGIN_MS) };
}

function jsonIn(result: EgressResult): JsonObject | undefined {
  const value = result.ok ? parsedJson(Buffer.from(result.value.body).toString('utf8')) : undefined;
  return isJsonObject(value) ? value : undefined;
}
