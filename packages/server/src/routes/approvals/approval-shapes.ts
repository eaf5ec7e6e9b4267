import { z } from 'zod';

import {
  agentId,
  chainAgent,
  count,
  decisionId,
  digest,
  object,
  sessionId,
  time,
  words,
} from '../shapes.ts';

/** The id of an ask. */
export const approvalId: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

const STATES = [
  'pending',
  'approved',
  'used',
  'lapsed',
  'denied',
  'expired',
  'superseded',
  'void',
] as const;

const VERDICTS = ['allow', 'modify', 'step_up', 'defer', 'deny'] as const;

/** How an ask stands. */
export const askState: z.ZodType<(typeof STATES)[number]> = z.enum(STATES);

/** What a person says, and why. */
export const voteBody: {
  readonly outcome: z.ZodType<'approve' | 'deny'>;
  readonly reason: z.ZodType<string>;
} = {
  outcome: z.enum(['approve', 'deny']),
  reason: words,
};

const requirement = z.strictObject({
  rule: z.string(),
  approvers: z.array(z.string()),
  quorum: z.int().min(1),
  approvals: count,
});

/** The members of an action that waits for people, as everyone may read them. */
export const actionMembers: Readonly<Record<string, z.ZodType>> = {
  kind: z.literal('action'),
  id: approvalId,
  agent: chainAgent,
  session: sessionId,
  state: askState,
  askedAt: time,
  expiresAtMs: time,
  endedAt: time.nullable(),
  untilMs: time.nullable(),
  voidReason: z.enum(['halted', 'session-closed']).nullable(),
  tool: z.string(),
  decision: decisionId,
  pact: digest,
  requirements: z.array(requirement),
  votes: count,
};

/** An action that waits for people. */
export const actionRow: z.ZodType = z.strictObject(actionMembers);

/** Everything that waits for people. */
export const approvalRow: z.ZodType = z.union([
  actionRow,
  z.strictObject({
    kind: z.literal('pact'),
    id: digest,
    agent: agentId,
    session: z.null(),
    state: z.literal('pending'),
    askedAt: time,
    by: z.string(),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('undo'),
    id: z.string(),
    agent: agentId,
    session: z.null(),
    state: z.literal('pending'),
    askedAt: time,
    expiresAtMs: time,
    by: z.string(),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('tool'),
    id: z.string(),
    agent: agentId,
    session: z.null(),
    state: z.literal('pending'),
    askedAt: time,
    tool: z.string(),
    server: z.string(),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('gate'),
    id: z.string(),
    agent: agentId,
    session: sessionId.nullable(),
    state: z.literal('pending'),
    category: z.string(),
  }),
]);

/** What is answered to a vote that counts. */
export const countedVote: z.ZodType = z.strictObject({ index: count, approval: actionRow });

const argument = z.strictObject({
  path: z.string(),
  value: z.union([z.string(), z.number()]),
  isCut: z.boolean(),
  isPart: z.boolean(),
  standing: z.enum(['trusted', 'untrusted', 'agent']),
  sources: z.array(z.string()),
});

const gathered = z.strictObject({
  tool: z
    .strictObject({
      effect: z.string().nullable(),
      category: z.string(),
      reversible: z.string(),
      undo: z.string().nullable(),
      isOpenWorld: z.boolean(),
      tier: z.string(),
      sensitive: z.array(z.string()),
    })
    .nullable(),
  money: z.unknown(),
  records: z.unknown(),
  arguments: z.array(argument),
  isEveryArgument: z.boolean(),
  facts: z.array(
    z.strictObject({
      name: z.string(),
      value: object,
      source: z.string(),
      observedAtMs: z.int(),
      ageMs: z.int(),
      isFresh: z.boolean(),
    }),
  ),
  missing: z.array(z.string()),
  session: z.strictObject({
    task: z.string().nullable(),
    room: z.string().nullable(),
    labels: z.array(z.string()),
    claims: z.array(z.string()),
    refusals: count,
  }),
});

/** An ask, opened for who decides on it. */
export const shownCase: z.ZodType = z.strictObject({
  ...actionMembers,
  sealed: z.enum(['opened', 'erased', 'missing']),
  principal: z.string().nullable(),
  request: z.string(),
  action: z.strictObject({ tool: z.string(), args: object }).nullable(),
  why: z.array(z.strictObject({ stage: z.string(), rule: z.string(), say: z.string() })),
  gathered: gathered.nullable(),
  agentSays: z.strictObject({ note: z.string(), arguments: z.array(argument) }).nullable(),
  usual: z
    .strictObject({
      looked: count,
      compared: count,
      verdicts: z.partialRecord(z.enum(VERDICTS), count),
      differences: z.array(
        z.strictObject({
          path: z.string(),
          what: z.enum(['new-argument', 'left-out', 'new-value', 'above', 'below']),
          low: z.number().nullable(),
          high: z.number().nullable(),
        }),
      ),
    })
    .nullable(),
  equal: z.array(approvalId),
  cast: z.array(
    z.strictObject({
      at: time,
      outcome: z.string(),
      person: z.string(),
      inSeatOf: z.array(z.string()),
      rules: z.array(z.string()),
      reason: z.string(),
      mechanism: z.string(),
    }),
  ),
});
