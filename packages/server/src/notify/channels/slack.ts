import type { JsonObject } from '@plumbline/core';

import type { SlackConfig, SlackWebhookConfig } from '../../config/notify.ts';
import { type Channel, later, type Message, type Sent } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { faultOf, HTTP_BOUNDS } from '../http-sent.ts';
import { makeSlackApi } from './slack-api.ts';
import { slackEnded, slackMessage } from './slack-blocks.ts';
import { lookForPosted } from './slack-look.ts';

type Call = { readonly method: string; readonly body: JsonObject; readonly isFirst: boolean };

// What says that this message is never taken. All else may be mended, here or at Slack.
const NEVER: readonly string[] = [
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
];

/**
 * Returns a channel that posts by Slack's Web API. What goes on is a reply to what began; the
 * message of an approval has buttons where there is a signing secret, and loses them once it is
 * over. Slack documents no key for idempotency: whatever was tried before is looked for by the key
 * in its metadata, where the app may read the channel.
 */
export function slackChannel(
  name: string,
  config: SlackConfig,
  { egress, readSecret }: ChannelNeeds,
): Channel {
  return {
    name,
    kind: 'slack',
    send: async (message, signal) => {
      const found = readSecret(config.secret);
      if (!found.ok) return later('no-secret');
      const api = makeSlackApi({ api: config.api, token: found.secret }, egress, signal);
      const { method, body, isFirst } = callOf(config, message);
      // An answer that was lost left a message which has the key of this one.
      if (message.mayStand && method === 'chat.postMessage') {
        const { channel } = config;
        const thread = typeof body['thread_ts'] === 'string' ? body['thread_ts'] : null;
        const looked = await lookForPosted(api, { channel, thread }, message);
        if ('sent' in looked) return looked.sent;
        if (looked.ts !== null) {
          return { kind: 'delivered', reference: isFirst ? `${channel}:${looked.ts}` : null };
        }
      }
      const { result, said } = await api.post(method, body);
      return faultOf(result, message.now) ?? sentOf(said, isFirst);
    },
  };
}

function callOf(
  { channel, signingSecret }: SlackConfig,
  { key, notice, reference }: Message,
): Call {
  const payload = { key, notice: notice.id, thread: notice.thread };
  const metadata = { event_type: 'plumbline_notice', event_payload: payload };
  const [place, ts] = reference?.split(':') ?? [];
  if (place !== undefined && ts !== undefined && notice.event === 'approval-ended') {
    const body = { channel: place, ts, ...slackEnded(notice), metadata };
    return { method: 'chat.update', body, isFirst: false };
  }
  const hasButtons = notice.event === 'approval-asked' && signingSecret !== null;
  const post = { channel, ...slackMessage(notice, hasButtons), metadata, unfurl_links: false };
  if (ts === undefined) return { method: 'chat.postMessage', body: post, isFirst: true };
  const reply = { thread_ts: ts, reply_broadcast: notice.severity !== 'low' || isEnd(notice) };
  return { method: 'chat.postMessage', body: { ...post, ...reply }, isFirst: false };
}

function isEnd({ phase }: Message['notice']): boolean {
  return phase === 'closes';
}

/** Slack says `ok: false` with a status of 200. */
function sentOf(said: JsonObject | undefined, isFirst: boolean): Sent {
  if (said?.['ok'] === true) {
    const { channel, ts } = said;
    const isNamed = isFirst && typeof channel === 'string' && typeof ts === 'string';
    return { kind: 'delivered', reference: isNamed ? `${channel}:${ts}` : null };
  }
  const error = typeof said?.['error'] === 'string' ? said['error'] : 'no-answer';
  const fault = /^[a-z_-]{1,40}$/.test(error) ? `slack-${error}` : 'slack-error';
  if (NEVER.includes(error)) return { kind: 'refused', fault };
  return later(fault, { isAnswered: true });
}

/** Returns a channel that posts to an incoming webhook of Slack: no replies, no buttons. */
export function slackWebhookChannel(
  name: string,
  config: SlackWebhookConfig,
  { egress, readSecret }: ChannelNeeds,
): Channel {
  return {
    name,
    kind: 'slack-webhook',
    send: async ({ notice, now }, signal) => {
      const found = readSecret(config.secret);
      if (!found.ok) return later('no-secret');
      const result = await egress.request({
        url: found.secret,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ ...slackMessage(notice, false), unfurl_links: false }),
        ...HTTP_BOUNDS,
        signal,
      });
      return faultOf(result, now) ?? { kind: 'delivered', reference: null };
    },
  };
}
