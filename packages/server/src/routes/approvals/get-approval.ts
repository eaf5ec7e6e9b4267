import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { queryNumber } from '../shapes.ts';
import { shownCase } from './approval-shapes.ts';

const LONGEST_MS = 25_000;

const query = z.strictObject({
  waitMs: queryNumber.refine((ms) => ms <= LONGEST_MS, `must be at most ${LONGEST_MS}`).optional(),
});

/** One ask, with what its approver needs to know. That it was read is recorded. */
export const getApproval: Route = route({
  name: 'getApproval',
  method: 'GET',
  path: '/api/v1/approvals/{id}',
  rights: ['approve', 'read-sealed'],
  reach: 'handler',
  summary:
    'one action that people are asked about, opened: the facts that were gathered, what is ' +
    "missing, why it is asked, and apart from it the agent's own word; with `waitMs`, once it " +
    'changed',
  query,
  answer: { status: 200, shape: shownCase },
  codes: ['not-found', 'unknown-decision', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { id }, query: { waitMs } }) => {
    const { approvals } = services;
    const found = approvals.find(id);
    if (found === undefined || !isFor(caller, found.agent)) {
      return refuse({ code: 'not-found', detail: `there is no approval \`${id}\`` });
    }
    const isWaiting = found.ask.state === 'pending' && waitMs !== undefined;
    const waited = isWaiting ? await approvals.whenChanged(id, waitMs) : null;
    if (waited?.ok === false) return answerOf(waited);
    return answerOf(await approvals.opened(id, caller.id));
  },
});
