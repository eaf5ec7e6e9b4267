import type { NotifyRules } from '../config/notify.ts';
import type { Notice } from '../notify/notice.ts';
import { routeNotice } from '../notify/route-notice.ts';
import type { Practised } from './drill.ts';

const WHAT = 'notification';

const BARE: Omit<Notice, 'event' | 'severity' | 'agent'> = {
  id: '',
  thread: '',
  phase: 'opens',
  at: 0,
  index: null,
  title: '',
  facts: [],
  link: null,
  nextWordAt: null,
  approval: null,
};

/**
 * Returns who is told of a drill of an agent, and who would be told of its halt: that nobody would
 * be is a fault where channels are configured.
 */
export function notificationOf(
  rules: Pick<NotifyRules, 'channels' | 'routes'>,
  agent: string,
): Practised {
  const to = (of: Pick<Notice, 'event' | 'severity'>): readonly string[] =>
    routeNotice({ ...BARE, ...of, agent }, rules, []).map(({ channel }) => channel);
  const halted = to({ event: 'halt', severity: 'critical' });
  const drilled = to({ event: 'drill', severity: 'low' });
  const said = (state: Practised['state'], why: string): Practised => {
    return { what: WHAT, state, ms: null, why };
  };
  if (Object.keys(rules.channels).length === 0) return said('skipped', 'no channel is configured');
  if (halted.length === 0) return said('failed', 'no route tells anybody of a halt of the agent');
  const would = `a halt goes to ${halted.join(', ')}`;
  if (drilled.length === 0) return said('skipped', `${would}; no route names the event \`drill\``);
  return said('practised', `${would}; the drill went to ${drilled.join(', ')}`);
}
