import { type Notice, rankOf } from './notice.ts';
import type { NotifyRules } from '../config/notify.ts';

/** A channel that is told of a notice, and in which rank. */
export type Told = { readonly channel: string; readonly rank: number };

/**
 * Returns who is told of a notice: whom the routes name, and whoever was told how its thread
 * began, so that what was opened somewhere is closed there. A message never goes before or behind
 * another of its thread: it has the most pressing rank the thread has in that channel.
 *
 * thread: the channels that were told of its thread, with their ranks.
 */
export function routeNotice(
  notice: Notice,
  rules: Pick<NotifyRules, 'channels' | 'routes'>,
  thread: readonly Told[],
): readonly Told[] {
  const own = rankOf(notice.severity);
  const ranks = new Map(thread.map(({ channel, rank }) => [channel, rank]));
  const isFollowing = notice.phase === 'updates' || notice.phase === 'closes';
  const followers = isFollowing ? [...ranks.keys()] : [];
  const named = new Set([...namedBy(notice, rules), ...followers]);
  return [...named]
    .filter((channel) => Object.hasOwn(rules.channels, channel))
    .filter((channel) => !isNoise(notice, rules.channels[channel]?.kind))
    .map((channel) => ({ channel, rank: Math.min(own, ranks.get(channel) ?? own) }));
}

/** A pager has no place for news that changes nothing, and would ring again for it. */
function isNoise({ phase, severity, event }: Notice, kind: string | undefined): boolean {
  return kind === 'pagerduty' && phase === 'updates' && severity === 'low' && event !== 'word';
}

/** Without routes every channel is told of everything but what is of severity `low`. */
function namedBy(
  { severity, event, agent }: Notice,
  { channels, routes }: Pick<NotifyRules, 'channels' | 'routes'>,
): readonly string[] {
  if (routes.length === 0) return severity === 'low' ? [] : Object.keys(channels);
  const fits = routes.filter(({ severities, events, agents }) => {
    return (
      (severities === null || severities.includes(severity)) &&
      (events === null || events.includes(event)) &&
      (agents === null || (agent !== null && agents.includes(agent)))
    );
  });
  return fits.flatMap((route) => route.channels);
}
