import { answerOf, route, type Route } from '../route.ts';
import { actionAnswer } from '../shapes.ts';
import { type DecideBody, decideBody, readDecide } from './action-shapes.ts';

/** Decides one action. A refusal is an answer: it was decided and recorded. */
export const decideAction: Route = route<DecideBody>({
  name: 'decideAction',
  method: 'POST',
  path: '/api/v1/agents/{agent}/actions/decide',
  rights: ['act'],
  reach: 'agent',
  summary: 'decides one action; `request` makes it safe to send again',
  body: {
    shape: decideBody,
    read: readDecide,
    example: {
      session: '7f9c2ba4e88f827d',
      request: 'call-1',
      tool: 'refunds.issue',
      args: { order: '1042', amount: '20.00' },
    },
  },
  answer: { status: 200, shape: actionAnswer },
  codes: [
    'unknown-agent',
    'not-armed',
    'unknown-session',
    'session-closed',
    'lease-unknown',
    'conflict',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async (
    { guard, metrics },
    { caller, params: { agent }, body: { trace, lease, ...action } },
  ) => {
    const startedAt = performance.now();
    const under = lease === undefined ? {} : { under: { lease, by: caller.id } };
    const request = { agent, ...action, ...under };
    const decided = await guard.decide(trace === undefined ? request : { ...request, trace });
    if (decided.ok) {
      metrics.decided(decided.value.verdict, (performance.now() - startedAt) / 1000);
    }
    return answerOf(decided);
  },
});
