import { z } from 'zod';

import { route, type Route } from '../route.ts';
import { voteBody } from './approval-shapes.ts';
import { refusalPage, pageOf, votedPage } from './link-reply.ts';

/** One person's word by the form of a link's page. */
export const voteByLink: Route = route({
  name: 'voteByLink',
  method: 'POST',
  path: '/approve/{token}',
  rights: [],
  reach: 'node',
  summary: "one person's word by the form of a link's page; a link votes once",
  body: {
    media: 'form',
    shape: z.strictObject(voteBody),
    example: { outcome: 'deny', reason: 'this is not the account we know' },
  },
  answer: { status: 200, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: async ({ services }, { params: { token }, body }) => {
    const voted = await services.approvals.voteByLink(token, body);
    if (!voted.ok) return refusalPage(voted.error);
    return 'approval' in voted.value ? votedPage(voted.value, body.outcome) : pageOf(voted.value);
  },
});
