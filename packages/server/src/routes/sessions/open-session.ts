import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, object, sessionId } from '../shapes.ts';

const name = z.string().min(1).max(512);

/** What whoever opens a session attests. */
export type OpenBody = {
  readonly principal: string;
  readonly task?: string | null | undefined;
  readonly room?: string | null | undefined;
  readonly attributes?: z.infer<typeof object> | undefined;
  readonly name?: string | null | undefined;
  readonly subject?: string | null | undefined;
};

/** Its shape. */
export const openBody: z.ZodType<OpenBody> = z.strictObject({
  principal: name,
  task: name.nullable().optional(),
  room: name.nullable().optional(),
  attributes: object.optional(),
  name: name.nullable().optional(),
  subject: name.nullable().optional(),
});

/** Opens a session for a principal the caller attests to. */
export const openSession: Route = route({
  name: 'openSession',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions',
  rights: ['open-session'],
  reach: 'agent',
  summary: 'opens a session; `principal`, `task`, `room` and `attributes` are attested by the key',
  isRecording: true,
  body: {
    shape: openBody,
    example: { principal: 'ada@example.com', task: 'refund', attributes: { tier: 'gold' } },
  },
  answer: {
    status: 201,
    shape: z.strictObject({ session: sessionId, index: count, isRepeat: z.boolean() }),
  },
  codes: ['unknown-agent', 'not-armed', 'conflict', 'too-large', 'overloaded', 'unavailable'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { principal, attributes = {} } = body;
    const { task = null, room = null, name: called = null, subject = null } = body;
    const attested = { principal, task, room, attributes, subject, openedBy: caller.id };
    const opened = await guard.openSession({ agent, ...attested, name: called });
    return answerOf(opened, { status: 201 });
  },
});
