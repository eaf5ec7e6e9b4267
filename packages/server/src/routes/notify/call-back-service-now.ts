import { z } from 'zod';

import { answer, refuse, route, type Route } from '../route.ts';

const shape = z.strictObject({
  thread: z.string().regex(/^thr_[A-Za-z0-9_-]{1,128}$/),
  state: z.enum(['approved', 'rejected']),
  approver: z.string().min(3).max(320),
});

/** What an approver said in ServiceNow, told by the instance at once. */
export const callBackServiceNow: Route = route({
  name: 'callBackServiceNow',
  method: 'POST',
  path: '/notify/servicenow/{id}',
  rights: [],
  reach: 'node',
  summary: 'what an approver said in ServiceNow: counted as the word of the person it names',
  body: {
    shape,
    example: { thread: 'thr_0d5c', state: 'approved', approver: 'lena@example.com' },
  },
  answer: {
    status: 200,
    shape: z.strictObject({
      counted: z.boolean(),
      state: z.string().nullable(),
      why: z.string().nullable(),
    }),
  },
  codes: ['bad-request', 'forbidden', 'not-found'],
  handle: async ({ services }, { params: { id }, headers, bytes, body }) => {
    const read = services.notices.serviceNow(id, { headers, bytes, word: body });
    if (!read.ok) return refuse({ code: read.error.code, detail: read.error.message });
    const { person, approval, outcome, by, forget } = read.value;
    const vote = { approval, outcome, reason: 'given in servicenow' };
    const from = { person, by, mechanism: 'servicenow' } as const;
    const voted = await services.approvals.voteFrom(vote, from);
    if (voted.ok) return answer({ counted: true, state: voted.value.approval.state, why: null });
    const { code, message } = voted.error;
    if (code !== 'unavailable' && code !== 'overloaded') {
      return answer({ counted: false, state: null, why: message });
    }
    // What the log could not take may be sent again.
    forget();
    return refuse({ code, detail: message });
  },
});
