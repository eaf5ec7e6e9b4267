import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { NotifyRules } from '../config/notify.ts';
import type { Guard } from '../guard/guard.ts';
import { refused, served } from '../services/served.ts';
import type { Served } from '../services/services.ts';
import type { ChannelNeeds } from './channel-needs.ts';
import { signerOf } from './channels/webhook.ts';
import { threadId } from './notice.ts';

/** What an instance says of an approver's word, as it came. */
export type SignedWord = {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  readonly word: {
    /** The `correlation_id` of the change request. */
    readonly thread: string;
    readonly state: 'approved' | 'rejected';
    /** The approver's address. */
    readonly approver: string;
  };
};

/** An approver's word, known to come from the instance. */
export type ServiceNowWord = {
  readonly person: string;
  readonly approval: string;
  readonly outcome: 'approve' | 'deny';
  /** What stands in the ledger as `by`. */
  readonly by: string;
  /** Lets the same request come again, because this time it could not be taken. */
  readonly forget: () => void;
};

const FRESH_S = 300;
const MOST_SEEN = 10_000;

/** What the words of instances are read with. */
export type WordNeeds = Pick<ChannelNeeds, 'readSecret' | 'origin'> & {
  readonly rules: Pick<NotifyRules, 'channels'>;
  readonly asks: Pick<Guard['asks'], 'list'>;
  readonly clock: () => number;
};

/**
 * Returns what reads approvers' words that an instance calls back with. A request counts when it
 * has the channel's signature of Standard Webhooks over its very bytes, was made within five
 * minutes, and its id did not come before. Source: spec/notifications.md, section "servicenow".
 */
export function makeServiceNowWords(
  needs: WordNeeds,
): (channel: string, signed: SignedWord) => Served<ServiceNowWord> {
  const seen = new Map<string, number>();
  return (channel, signed) => {
    const config = needs.rules.channels[channel];
    if (config?.kind !== 'servicenow' || config.signingSecret === null) {
      return refused('not-found', `no channel \`${channel}\` is called back by ServiceNow`);
    }
    const secret = needs.readSecret(config.signingSecret);
    if (!secret.ok) return refused('unavailable', 'the signing secret cannot be read');
    const nowS = Math.floor(needs.clock() / 1_000);
    const id = signedId(signed, secret.secret, nowS);
    if (id === null) return refused('forbidden', 'it is not signed for this channel, just now');
    // Forgotten once their time has passed: then the time alone refuses them.
    for (const [known, atS] of seen) if (nowS - atS > 2 * FRESH_S) seen.delete(known);
    const key = `${channel} ${id}`;
    if (seen.has(key)) return refused('forbidden', 'this very request came before');
    if (seen.size >= MOST_SEEN) return refused('overloaded', 'too many words came at once');
    seen.set(key, nowS);
    return readWord(channel, signed, { needs, forget: () => void seen.delete(key) });
  };
}

/** Returns the request's id where its signature is right and fresh. */
function signedId({ headers, bytes }: SignedWord, secret: string, nowS: number): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': given } = headers;
  if (typeof id !== 'string' || typeof stamp !== 'string' || typeof given !== 'string') return null;
  if (!/^[\w.:-]{1,128}$/.test(id) || !/^\d{1,12}$/.test(stamp)) return null;
  if (Math.abs(nowS - Number(stamp)) > FRESH_S) return null;
  const body = Buffer.from(bytes).toString('utf8');
  const expected = Buffer.from(signerOf(secret).sign(id, new Date(Number(stamp) * 1_000), body));
  const isRight = given.split(' ').some((each) => {
    const shown = Buffer.from(each);
    return shown.length === expected.length && timingSafeEqual(shown, expected);
  });
  return isRight ? id : null;
}

function readWord(
  channel: string,
  { word: { thread, state, approver } }: SignedWord,
  { needs, forget }: { readonly needs: WordNeeds; readonly forget: () => void },
): Served<ServiceNowWord> {
  const found = needs.asks
    .list()
    .find(({ ask }) => threadId(needs.origin, 'approval', ask.id) === thread);
  if (found === undefined) return refused('not-found', 'no approval here has this correlation id');
  const outcome = state === 'approved' ? 'approve' : 'deny';
  const by = `servicenow:${channel}`;
  return served({ person: approver, approval: found.ask.id, outcome, by, forget });
}
