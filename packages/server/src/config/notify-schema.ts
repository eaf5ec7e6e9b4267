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
/** The name of an agent in a setting. */
export const agentName: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of an agent');

/** Where a secret stands: a file, a credential of systemd, or one of the vault. */
export const secret: z.ZodType<SecretSource, string> = z
  .string()
  .min(1)
  .max(4_096)
  .transform((text, context): SecretSource => {
    const name = /^credential:([A-Za-z0-9_.-]+)$/.exec(text)?.[1];
    if (name !== undefined) return { kind: 'credential', name };
    const kept = /^vault:([A-Za-z0-9_.-]{1,200})$/.exec(text)?.[1];
    if (kept !== undefined) return { kind: 'vault', name: kept };
    if (!isAbsolute(text)) {
      context.addIssue({
        code: 'custom',
        message: 'must be the absolute path of a file, `credential:<name>` or `vault:<name>`',
      });
    }
    return { kind: 'file', path: text };
  });

/** An address over HTTP that holds no secret. */
export const address: z.ZodType<string, string> = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && url.hash === '';
}, 'must hold no user, password or fragment');

const mail = z.email('must be a mail address').max(254);

const smtp = z
  .strictObject({
    kind: z.literal('smtp'),
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/, 'must be a name or an address'),
    port: count(1, 65_535).default(587),
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    caFile: z.string().refine(isAbsolute, 'must be an absolute path').nullable().default(null),
    user: z.string().min(1).max(256).nullable().default(null),
    secret: secret.nullable().default(null),
    from: mail,
    to: z.array(mail).min(1).max(50),
  })
  .superRefine(({ user, secret: password, tls }, context) => {
    const add = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if ((user === null) !== (password === null))
      add('secret', 'goes with `user`: give both or none');
    if (tls === 'none' && password !== null) {
      add('tls', 'must not be `none` where a password is sent');
    }
  });

const serviceNow = z
  .strictObject({
    kind: z.literal('servicenow'),
    url: address.transform((text) => text.replace(/\/+$/, '')),
    user: z.string().min(1).max(256).nullable().default(null),
    clientId: z.string().min(1).max(256).nullable().default(null),
    secret,
    approvals: z.boolean().default(false),
    signingSecret: secret.nullable().default(null),
    assignmentGroup: z.string().min(1).max(100).nullable().default(null),
    closeCode: z.string().min(1).max(100).default('Solution provided'),
  })
  .superRefine(({ user, clientId, approvals, signingSecret }, context) => {
    if (signingSecret !== null && !approvals) {
      const message = 'only approvals are called back: set `approvals` as well';
      context.addIssue({ code: 'custom', path: ['signingSecret'], message });
    }
    if ((user === null) !== (clientId === null)) return;
    const message = 'give either `user` with a password, or `clientId` with its secret';
    context.addIssue({ code: 'custom', path: ['user'], message });
  });

const channel: z.ZodType<ChannelConfig> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), url: address, secret }),
  smtp,
  z.strictObject({
    kind: z.literal('pagerduty'),
    url: address.default('https://events.pagerduty.com/v2/enqueue'),
    secret,
  }),
  z.strictObject({
    kind: z.literal('slack'),
    api: address.default('https://slack.com/api'),
    secret,
    channel: z.string().regex(/^[CGD][A-Z0-9]{2,20}$/, 'must be the id of a channel, as C0123ABCD'),
    signingSecret: secret.nullable().default(null),
    people: z
      .record(z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'must be the id of a member'), mail)
      .default({}),
  }),
  z.strictObject({ kind: z.literal('slack-webhook'), secret }),
  serviceNow,
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
    firstNoticeMs: count(5_000, DAY_MS).default(60_000),
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
    return [name, printChannel(each)];
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

function printChannel(config: ChannelConfig): JsonObject {
  const shown = { ...config, secret: printSecret(config.secret) };
  switch (shown.kind) {
    case 'smtp':
      return { ...shown, to: [...shown.to] };
    case 'slack':
    case 'servicenow':
      return { ...shown, signingSecret: printSecret(shown.signingSecret) };
    default:
      return shown;
  }
}

/** Returns where a secret stands, as it is configured. */
export function printSecret(source: SecretSource | null): string | null {
  if (source === null) return null;
  return source.kind === 'file' ? source.path : `${source.kind}:${source.name}`;
}
