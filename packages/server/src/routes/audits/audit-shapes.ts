import { STRATA } from '@plumbline/core';
import { z } from 'zod';

import { LABELS } from '../../guard/people.ts';
import type {
  JudgementRequest,
  QueuedItem,
  ShownAudit,
  ShownFigures,
} from '../../services/audits/audits.ts';
import type { ShownInteraction } from '../../services/audits/shown-interaction.ts';
import { agentId, count, json, object, time, words } from '../shapes.ts';

const percent = z.int().min(1).max(100);

/** An audit as it is listed. */
export const shownAudit: z.ZodType<ShownAudit> = z.strictObject({
  audit: z.string(),
  agent: agentId,
  state: z.enum(['running', 'undrawn', 'drawn']),
  begunAt: time,
  endedAt: time.nullable(),
  dueAt: time.nullable(),
  rate: percent,
  percent: percent.nullable(),
  raised: z.enum(['stated', 'too-good']).nullable(),
  reason: z.string().nullable(),
  sessions: count,
  leftOut: count,
  drawn: count,
  judged: count,
  erased: count,
  complaint: z.string().nullable(),
  entries: z.array(count),
});

/** A drawn session that waits. */
export const queuedItem: z.ZodType<QueuedItem> = z.strictObject({
  item: z.string(),
  audit: z.string(),
  agent: agentId,
  drawnAt: time,
});

const turn = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('message'),
    from: z.enum(['principal', 'untrusted']),
    text: z.string(),
  }),
  z.strictObject({
    kind: z.literal('action'),
    tool: z.string(),
    args: object,
    was: z.enum(['let-through', 'refused', 'asked']),
    result: json,
    claims: z.array(z.string()),
  }),
]);

/** A drawn session, opened for its reviewer. */
export const shownInteraction: z.ZodType<ShownInteraction> = z.strictObject({
  item: z.string(),
  agent: agentId,
  task: z.string().nullable(),
  attributes: object,
  turns: z.array(turn),
  claims: z.array(
    z.strictObject({
      claim: z.string(),
      kind: z.enum(['statement', 'action']),
      text: z.string(),
    }),
  ),
  leftOut: count,
  isComplete: z.boolean(),
});

/** A reviewer's word. */
export const judgementBody: z.ZodType<
  Omit<JudgementRequest, 'item' | 'note'> & { note?: string | undefined }
> = z.strictObject({
  resolved: z.enum(['yes', 'no', 'unsure']),
  claims: z
    .array(
      z.strictObject({
        claim: z.string().min(1).max(16),
        finding: z.enum(['right', 'wrong', 'unsure']),
        label: z.enum(LABELS).optional(),
        note: words.optional(),
      }),
    )
    .max(1_000),
  note: words.optional(),
});

const share = z.number().min(0).max(1).nullable();

/** What an audit comes to. */
export const shownFigures: z.ZodType<ShownFigures> = z.strictObject({
  audit: z.string(),
  agent: agentId,
  begunAt: time,
  endedAt: time,
  strata: z.array(
    z.strictObject({
      stratum: z.enum(STRATA),
      count,
      drawn: count,
      judged: count,
      erased: count,
      accurate: z.strictObject({ count, of: count, share, low: share, high: share }),
      claims: z.strictObject({ right: count, wrong: count, unsure: count }),
    }),
  ),
  claimed: share,
  audited: z.strictObject({ share, low: share, high: share }),
  gap: z.number().min(-1).max(1).nullable(),
  isWide: z.boolean(),
  unknown: z.number().min(0).max(1),
});
