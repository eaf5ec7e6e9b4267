import { Webhook } from 'standardwebhooks';

import type { WebhookConfig } from '../../config/notify.ts';
import { type Channel, later } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { faultOf, HTTP_BOUNDS } from '../http-sent.ts';
import type { Notice } from '../notice.ts';

/**
 * Returns a channel that posts CloudEvents with the signature of Standard Webhooks. The id is the
 * message's key with every attempt, so that a receiver knows what it was told already.
 */
export function webhookChannel(name: string, config: WebhookConfig, needs: ChannelNeeds): Channel {
  return {
    name,
    kind: 'webhook',
    send: async ({ key, notice, now }, signal) => {
      const found = needs.readSecret(config.secret);
      if (!found.ok) return later('no-secret');
      const body = JSON.stringify(cloudEventOf(key, notice, needs.origin));
      const result = await needs.egress.request({
        url: config.url,
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'webhook-id': key,
          'webhook-timestamp': `${Math.floor(now / 1_000)}`,
          'webhook-signature': signerOf(found.secret).sign(key, new Date(now), body),
        },
        body,
        ...HTTP_BOUNDS,
        signal,
      });
      return faultOf(result, now) ?? { kind: 'delivered', reference: null };
    },
  };
}

/**
 * Returns what signs messages. A secret is base64 behind `whsec_`; any other text is taken byte
 * for byte.
 */
export function signerOf(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
}

/** Source: CloudEvents 1.0.2, JSON event format. */
function cloudEventOf(key: string, notice: Notice, origin: string): object {
  const { id, thread, event, severity, phase, at, agent, index, title, link } = notice;
  return {
    specversion: '1.0',
    id: key,
    source: `urn:plumbline:${encodeURIComponent(origin)}`,
    type: `plumbline.${event}`,
    subject: thread,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      notice: id,
      thread,
      severity,
      phase,
      agent,
      entry: index,
      title,
      facts: Object.fromEntries(notice.facts),
      link,
      nextWordAt: notice.nextWordAt === null ? null : new Date(notice.nextWordAt).toISOString(),
      approval: notice.approval,
    },
  };
}
