import type { PagerDutyConfig, Severity } from '../../config/notify.ts';
import { type Channel, later } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { faultOf, HTTP_BOUNDS } from '../http-sent.ts';
import type { Notice } from '../notice.ts';
import { atMost } from '../plain-text.ts';

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
};
const LONGEST_SUMMARY = 1_024;
const LONGEST_SOURCE = 255;

/**
 * Returns a channel that sends events to PagerDuty. Everything of one thread has one `dedup_key`:
 * what begins or gets worse triggers, a person's word acknowledges, what ends resolves. Source:
 * PagerDuty, Events API v2.
 */
export function pagerDutyChannel(
  name: string,
  config: PagerDutyConfig,
  { egress, readSecret, origin }: ChannelNeeds,
): Channel {
  return {
    name,
    kind: 'pagerduty',
    send: async ({ key, notice, now }, signal) => {
      const found = readSecret(config.secret);
      if (!found.ok) return later('no-secret');
      const result = await egress.request({
        url: config.url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: found.secret, ...eventOf(key, notice, origin) }),
        ...HTTP_BOUNDS,
        signal,
      });
      return faultOf(result, now) ?? { kind: 'delivered', reference: null };
    },
  };
}

function eventOf(key: string, notice: Notice, origin: string): object {
  const { thread, event, severity, phase, at, agent, title, facts, link, nextWordAt } = notice;
  const action = phase === 'closes' ? 'resolve' : event === 'word' ? 'acknowledge' : 'trigger';
  if (action !== 'trigger') return { event_action: action, dedup_key: thread };
  const promised = nextWordAt === null ? {} : { next_word_by: new Date(nextWordAt).toISOString() };
  return {
    event_action: action,
    dedup_key: thread,
    client: 'Plumbline',
    payload: {
      summary: atMost(title, LONGEST_SUMMARY),
      source: atMost(origin, LONGEST_SOURCE),
      severity: SEVERITY[severity],
      timestamp: new Date(at).toISOString(),
      ...(agent === null ? {} : { component: agent }),
      class: event,
      custom_details: { ...Object.fromEntries(facts), ...promised, message: key },
    },
    ...(link === null ? {} : { links: [{ href: link, text: 'Plumbline' }] }),
  };
}
