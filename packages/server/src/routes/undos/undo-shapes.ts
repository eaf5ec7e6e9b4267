import { z } from 'zod';

import type { ShownUndo } from '../../services/undo/undos.ts';
import type { UndoPlan } from '../../services/undo/undo-types.ts';
import { agentId, count, decisionId, digest, object, sessionId, time } from '../shapes.ts';

const MOST_ENTRIES = 1_000;

/** The id of a set, as the daemon made it. */
export const undoId: z.ZodType<string> = z.string().regex(/^und_[0-9a-f]{32}$/);

/** Which actions, what nobody declared of their undoing, and which are left as they are. */
export const selecting: {
  readonly entries: z.ZodType<string[] | undefined>;
  readonly session: z.ZodType<string | undefined>;
  readonly sinceMs: z.ZodType<number | undefined>;
  readonly leave: z.ZodType<string[] | undefined>;
  readonly fill: z.ZodType<Record<string, z.output<typeof object>> | undefined>;
} = {
  entries: z.array(decisionId).min(1).max(MOST_ENTRIES).optional(),
  session: sessionId.optional(),
  sinceMs: time.optional(),
  leave: z.array(decisionId).max(MOST_ENTRIES).optional(),
  fill: z.record(decisionId, object).optional(),
};

/** What would be done, last action first. */
export const undoPlan: z.ZodType<UndoPlan> = z.strictObject({
  agent: agentId,
  pact: digest,
  reads: count,
  actions: z.array(
    z.strictObject({
      decision: decisionId,
      index: count,
      at: time,
      session: sessionId,
      tool: z.string().nullable(),
      reversible: z.enum(['yes', 'partly', 'no']).nullable(),
      can: z.enum(['ready', 'fill', 'cannot']),
      why: z
        .enum([
          'not-sent',
          'failed',
          'unknown',
          'staged',
          'undeclared',
          'irreversible',
          'no-undo',
          'undo-not-in-pact',
          'not-let-through',
          'erased',
          'undone',
          'in-undo',
        ])
        .nullable(),
      say: z.string().nullable(),
      undo: z.string().nullable(),
      args: object.nullable(),
      missing: z.array(z.string()),
    }),
  ),
});

const said = { by: z.string(), reason: z.string(), at: time };

const members = {
  undo: undoId,
  agent: agentId,
  digest,
  pact: digest,
  goOn: z.boolean(),
  reason: z.string(),
  by: z.string(),
  person: z.string().nullable(),
  askedAt: time,
  untilMs: time,
  vote: z.strictObject({ ...said, outcome: z.enum(['approve', 'deny']) }).nullable(),
  runs: count,
  ranBy: z.string().nullable(),
  withdrawn: z.strictObject(said).nullable(),
  steps: z.array(
    z.strictObject({
      n: count,
      decision: decisionId,
      tool: z.string(),
      action: digest,
      index: count,
      state: z.enum(['planned', 'began', 'done', 'failed', 'refused', 'waiting', 'unknown']),
      compensating: decisionId.nullable(),
      why: z.string().nullable(),
      by: z.string().nullable(),
      at: time.nullable(),
      tries: count,
    }),
  ),
  state: z.enum([
    'pending',
    'approved',
    'running',
    'stopped',
    'done',
    'denied',
    'expired',
    'lapsed',
    'withdrawn',
  ]),
  isActive: z.boolean(),
  entries: z.array(count),
};

/** A set as it is listed. */
export const shownUndo: z.ZodType<ShownUndo> = z.strictObject(members);

/** A set with the arguments of its actions; null where the caller may not read them. */
export const openedUndo: z.ZodType<object> = z.strictObject({
  ...members,
  args: z.array(object.nullable()).nullable(),
});
