import { isJsonObject, type JsonObject } from '@plumbline/core';

import { later, type Message } from '../channel.ts';
import { type Failed, faultOf } from '../http-sent.ts';
import type { SlackApi } from './slack-api.ts';

/** The thread in which it stands already by its `ts`, null: in none, or why that is not known. */
export type Looked = { readonly ts: string | null } | { readonly sent: Failed };

// Whoever gave the app no right to read the channel is told twice rather than never.
const BLIND: readonly string[] = [
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'access_denied',
  'thread_not_found',
  'method_not_supported_for_channel_type',
];
const PAGE = 200;
const PAGES = 5;
const MARGIN_S = 300;

/**
 * Looks for the message an earlier attempt may have left, by its key in the metadata: among what
 * was posted since a little before it happened, in the channel and in the thread it would go to.
 * Source: Slack, conversations.history and conversations.replies with `include_all_metadata`.
 */
export async function lookForPosted(
  api: SlackApi,
  { channel, thread }: { readonly channel: string; readonly thread: string | null },
  message: Message,
): Promise<Looked> {
  const found = await lookIn(api, 'conversations.history', { query: { channel }, message });
  if (thread === null || 'sent' in found || found.ts !== null) return found;
  return lookIn(api, 'conversations.replies', { query: { channel, ts: thread }, message });
}

async function lookIn(
  api: SlackApi,
  method: 'conversations.history' | 'conversations.replies',
  {
    query: where,
    message: { key, notice, now },
  }: { readonly query: Readonly<Record<string, string>>; readonly message: Message },
): Promise<Looked> {
  const since = Math.floor(notice.at / 1_000) - MARGIN_S;
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const query = new URLSearchParams({
      ...where,
      oldest: `${since}`,
      limit: `${PAGE}`,
      include_all_metadata: 'true',
      ...(cursor === '' ? {} : { cursor }),
    });
    const { result, said } = await api.get(method, query);
    const fault = faultOf(result, now);
    if (fault !== null) return { sent: fault };
    if (said?.['ok'] !== true) return blindOr(said);
    const found = messagesIn(said).find((each) => keyIn(each) === key);
    // Where it is a reply, the first message of its thread is what is replied to again.
    const ts = found?.['thread_ts'] ?? found?.['ts'];
    if (typeof ts === 'string') return { ts };
    cursor = cursorIn(said);
    if (cursor === '') break;
  }
  return { ts: null };
}

function blindOr(said: JsonObject | undefined): Looked {
  const error = said?.['error'];
  if (typeof error === 'string' && BLIND.includes(error)) return { ts: null };
  return { sent: later('slack-look', { isAnswered: true }) };
}

function messagesIn({ messages }: JsonObject): readonly JsonObject[] {
  return Array.isArray(messages) ? messages.filter((each) => isJsonObject(each)) : [];
}

function keyIn({ metadata }: JsonObject): unknown {
  const payload = isJsonObject(metadata) ? metadata['event_payload'] : undefined;
  return isJsonObject(payload) ? payload['key'] : undefined;
}

function cursorIn({ response_metadata: rest }: JsonObject): string {
  const cursor = isJsonObject(rest) ? rest['next_cursor'] : undefined;
  return typeof cursor === 'string' ? cursor : '';
}
