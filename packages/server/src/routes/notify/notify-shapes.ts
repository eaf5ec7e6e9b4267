import { z } from 'zod';

import { EVENTS, SEVERITIES } from '../../config/notify.ts';
import type { ChannelView, IncidentView, MessageView } from '../../notify/notices.ts';
import { count, time } from '../shapes.ts';

/** How a message stands. */
export const messageState: z.ZodType<MessageView['state']> = z.enum([
  'waiting',
  'delivered',
  'dead',
  'folded',
]);

/** A channel as it is shown. */
export const shownChannel: z.ZodType<ChannelView> = z.strictObject({
  name: z.string(),
  kind: z.string(),
  waiting: count,
  dead: count,
  delivered: count,
  failures: count,
  dueAt: time.nullable(),
  problem: z.string().nullable(),
});

/** A message as it is shown. */
export const shownMessage: z.ZodType<MessageView> = z.strictObject({
  key: z.string(),
  channel: z.string(),
  state: messageState,
  event: z.enum(EVENTS),
  severity: z.enum(SEVERITIES),
  phase: z.enum(['opens', 'updates', 'closes', 'tells']).nullable(),
  title: z.string(),
  entry: count.nullable(),
  at: time,
  attempts: count,
  fault: z.string().nullable(),
  endedAt: time.nullable(),
});

/** An incident of which a word was promised. */
export const shownIncident: z.ZodType<IncidentView> = z.strictObject({
  id: z.string(),
  title: z.string(),
  agent: z.string().nullable(),
  severity: z.string(),
  at: time,
  dueAt: time,
  keptAt: time.nullable(),
  isLate: z.boolean(),
  first: z.array(z.strictObject({ channel: z.string(), at: time.nullable() })),
  isFirstLate: z.boolean(),
  entry: count.nullable(),
});
