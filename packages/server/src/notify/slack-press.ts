import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { z } from 'zod';

import type { NotifyRules, SlackConfig } from '../config/notify.ts';
import { refused, served } from '../services/served.ts';
import type { Served } from '../services/services.ts';
import type { ChannelNeeds } from './channel-needs.ts';

/** A form as it came, with what was signed. */
export type SignedForm = {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  readonly payload: string;
};

/** A button that somebody pressed. */
export type SlackPress = {
  /** The address of who pressed it; null when the configuration knows nobody of this id. */
  readonly person: string | null;
  readonly approval: string;
  readonly outcome: 'approve' | 'deny';
  /** What stands in the ledger as `by`. */
  readonly by: string;
  /** Tells who pressed it, and nobody else; what fails is left. */
  readonly tell: (text: string) => Promise<void>;
};

/** The actions of the two buttons. Source: spec/notifications.md, section "slack". */
export const BUTTONS = { approve: 'plumbline_approve', deny: 'plumbline_deny' } as const;

const FRESH_S = 300;
const MOST_SEEN = 10_000;
const ANSWER = { timeoutMs: 2_000, maxBytes: 65_536 };

const pressed = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().min(1).max(64) }),
  channel: z.object({ id: z.string() }).optional(),
  response_url: z.string().optional(),
  actions: z
    .array(
      z.object({
        action_id: z.enum([BUTTONS.approve, BUTTONS.deny]),
        value: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
      }),
    )
    .length(1),
});

type Pressed = z.infer<typeof pressed>;

/** What presses are read with. */
export type PressNeeds = Pick<ChannelNeeds, 'egress' | 'readSecret'> & {
  readonly rules: Pick<NotifyRules, 'channels'>;
  readonly clock: () => number;
};

/**
 * Returns what reads buttons. A request counts when it has Slack's signature over its very bytes,
 * was made within five minutes, and did not come before. Source: Slack, "Verifying requests".
 */
export function makeSlackPresses(
  needs: PressNeeds,
): (channel: string, form: SignedForm) => Served<SlackPress> {
  const seen = new Map<string, number>();
  return (channel, form) => {
    const config = needs.rules.channels[channel];
    if (config?.kind !== 'slack' || config.signingSecret === null) {
      return refused('not-found', `no channel \`${channel}\` takes buttons of Slack`);
    }
    const secret = needs.readSecret(config.signingSecret);
    if (!secret.ok) return refused('unavailable', 'the signing secret cannot be read');
    const nowS = Math.floor(needs.clock() / 1_000);
    const signature = signatureOf(form, secret.secret, nowS);
    if (signature === null) return refused('forbidden', 'it is not signed by Slack, just now');
    // Forgotten once their time has passed: then the time alone refuses them.
    for (const [known, atS] of seen) if (nowS - atS > 2 * FRESH_S) seen.delete(known);
    if (seen.has(signature)) return refused('forbidden', 'this very request came before');
    if (seen.size >= MOST_SEEN) return refused('overloaded', 'too many buttons were pressed');
    seen.set(signature, nowS);
    return readPress(channel, config, { payload: form.payload, needs });
  };
}

/** Returns the signature where it is right and fresh. */
function signatureOf({ headers, bytes }: SignedForm, secret: string, nowS: number): string | null {
  const { 'x-slack-signature': given, 'x-slack-request-timestamp': stamp } = headers;
  if (typeof given !== 'string' || typeof stamp !== 'string') return null;
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(nowS - Number(stamp)) > FRESH_S) return null;
  const mac = createHmac('sha256', secret).update(`v0:${stamp}:`).update(bytes).digest('hex');
  const expected = Buffer.from(`v0=${mac}`);
  const shown = Buffer.from(given);
  return shown.length === expected.length && timingSafeEqual(shown, expected) ? given : null;
}

function readPress(
  channel: string,
  config: SlackConfig,
  { payload, needs }: { readonly payload: string; readonly needs: PressNeeds },
): Served<SlackPress> {
  const read = pressed.safeParse(parsed(payload));
  const [action] = read.data?.actions ?? [];
  if (!read.success || action === undefined) {
    return refused('bad-request', 'it is no button of an approval');
  }
  if (read.data.channel !== undefined && read.data.channel.id !== config.channel) {
    return refused('forbidden', 'it comes from another channel of Slack');
  }
  const { user } = read.data;
  return served({
    person: Object.hasOwn(config.people, user.id) ? (config.people[user.id] ?? null) : null,
    approval: action.value,
    outcome: action.action_id === BUTTONS.approve ? 'approve' : 'deny',
    by: `slack:${channel}`,
    tell: (text) => tell(read.data, config, { text, needs }),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The address comes signed by Slack, and is asked only where Slack is. */
async function tell(
  { response_url: url }: Pressed,
  { api }: SlackConfig,
  { text, needs }: { readonly text: string; readonly needs: PressNeeds },
): Promise<void> {
  const host = URL.parse(url ?? '')?.host;
  if (url === undefined || (host !== 'hooks.slack.com' && host !== URL.parse(api)?.host)) return;
  await needs.egress.request({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    ...ANSWER,
  });
}
