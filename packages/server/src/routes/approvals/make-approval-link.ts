import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, time } from '../shapes.ts';

/** Makes a link by which one person may vote once. */
export const makeApprovalLink: Route = route({
  name: 'makeApprovalLink',
  method: 'POST',
  path: '/api/v1/approvals/{id}/links',
  rights: ['approve'],
  reach: 'node',
  summary: 'a link by which one person votes once; for oneself, or with the right `administer`',
  isRecording: true,
  isSecret: true,
  body: {
    shape: z.strictObject({ person: z.string().min(1).max(256) }),
    example: { person: 'lena@example.com' },
  },
  answer: {
    status: 201,
    shape: z.strictObject({
      index: count,
      link: z.string(),
      url: z.string(),
      person: z.string(),
      expiresAtMs: time,
    }),
  },
  codes: ['not-found', 'conflict', 'forbidden', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, rights, params: { id }, body: { person }, base }) => {
    const isAdmin = rights.includes('administer');
    const made = await services.approvals.makeLink({ ask: id, person }, caller, { isAdmin });
    if (!made.ok) return answerOf(made);
    const { token, ...rest } = made.value;
    return answerOf(
      { ok: true, value: { ...rest, url: `${base}/approve/${token}` } },
      { status: 201 },
    );
  },
});
