import { isAbsolute } from 'node:path';

import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import {
  type ChannelConfig,
  EVENTS,
  type NotifyRules,
  type SecretSource,
  SEVERITIES,
} from './notify.ts';

const DAY_MS = 86_400_000;
const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);

const channelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a short name of lower-case letters, digits and `-`');
const agentName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of an agent');

const secret: z.ZodType<SecretSource, string> = z
  .string()
  .min(1)
  .max(4_096)
  .transform((text, context): SecretSource => {
    const name = /^credential:([A-Za-z0-9_.-]+)$/.exec(text)?.[1];
    if (name !== undefined) return { kind: 'credential', name };
    if (!isAbsolute(text)) {
      context.addIssue({
        code: 'custom',
        message: 'must be the absolute path of a file that holds it, or `credential:<name>`',
      });
    }
    return { kind: 'file', path: text };
  });

const address = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && url.hash === '';
}, 'must hold no user, password or fragment');

const channel: z.ZodType<ChannelConfig, JsonObject> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), url: address, secret }),
]);

const one = <T extends z.ZodType>(shape: T): z.ZodDefault<z.ZodNullable<z.ZodArray<T>>> =>
  z.array(shape).min(1).max(1_000).nullable().default(null);

const noticeRoute = z.strictObject({
  channels: z.array(channelName).min(1).max(64),
  severities: one(z.enum(SEVERITIES)),
  events: one(z.enum(EVENTS)),
  agents: one(agentName),
});

/** The shape of the setting `notify`. */
export const notifyShape: z.ZodType<NotifyRules> = z
  .strictObject({
    channels: z.record(channelName, channel).default({}),
    routes: z.array(noticeRoute).max(1_000).default([]),
    url: z
      .url({ protocol: /^https?$/ })
      .transform((text) => text.replace(/\/+$/, ''))
      .nullable()
      .default(null),
    nextWordMs: count(60_000, DAY_MS).default(1_800_000),
    approvalSoonMs: count(1_000, DAY_MS).default(60_000),
    deadAfterMs: count(60_000, 30 * DAY_MS).default(DAY_MS),
    waiting: count(100, 1_000_000).default(10_000),
  })
  .superRefine(({ channels, routes }, context) => {
    if (Object.keys(channels).length > 64) {
      context.addIssue({ code: 'custom', path: ['channels'], message: 'takes 64 at most' });
    }
    for (const [index, { channels: named }] of routes.entries()) {
      const unknown = named.find((name) => !Object.hasOwn(channels, name));
      if (unknown === undefined) continue;
      const message = `names the channel \`${unknown}\`, which is not in \`notify.channels\``;
      context.addIssue({ code: 'custom', path: ['routes', index], message });
    }
  })
  .prefault({});

/** Returns the setting as it is shown: it names where secrets are and holds none. */
export function printNotify({ channels, routes, ...rest }: NotifyRules): JsonObject {
  const shown = Object.entries(channels).map(([name, each]): [string, JsonObject] => {
    return [name, { ...each, secret: printSecret(each.secret) }];
  });
  const list = (of: readonly string[] | null): string[] | null => (of === null ? null : [...of]);
  return {
    channels: Object.fromEntries(shown),
    routes: routes.map((each) => ({
      channels: [...each.channels],
      severities: list(each.severities),
      events: list(each.events),
      agents: list(each.agents),
    })),
    ...rest,
  };
}

function printSecret(source: SecretSource): string {
  return source.kind === 'file' ? source.path : `credential:${source.name}`;
}
