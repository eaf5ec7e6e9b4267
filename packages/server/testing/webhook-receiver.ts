import { createHmac } from 'node:crypto';

import { CloudEvent } from 'cloudevents';

import type { Got, Said } from './service-stub.ts';

/** A receiver as docs/notifications.md asks for one: it checks, and keeps the ids it was told. */
export type WebhookReceiver = {
  readonly answer: (got: Got) => Said;
  /** The ids of what it was told, in order, each once. */
  readonly told: string[];
};

/**
 * Returns a receiver that checks the signature as Standard Webhooks says and the body by the library
 * of CloudEvents. `clock` is in ms: stamps that are further off than five minutes are refused.
 */
export function makeReceiver({
  secret,
  clock,
}: {
  readonly secret: string;
  readonly clock: () => number;
}): WebhookReceiver {
  const told: string[] = [];
  return {
    told,
    answer: ({ method, headers, body }) => {
      const stamp = Number(headers['webhook-timestamp']);
      const type = headers['content-type'] ?? '';
      if (method !== 'POST' || !type.startsWith('application/cloudevents+json')) {
        return { status: 415 };
      }
      if (Math.abs(clock() / 1_000 - stamp) > 300) return { status: 401 };
      const id = String(headers['webhook-id']);
      const signed = `${id}.${stamp}.${body}`;
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      const mac = createHmac('sha256', key).update(signed).digest('base64');
      if (headers['webhook-signature'] !== `v1,${mac}`) return { status: 401 };
      const event = new CloudEvent<unknown>(Object(JSON.parse(body)), true);
      if (event.id !== id) return { status: 400 };
      if (!told.includes(id)) told.push(id);
      return { status: 204 };
    },
  };
}
