import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { type OutcomeBody, outcomeBody, readOutcome } from './action-shapes.ts';

/** Takes what became of an action. Its result may reach the agent once this was answered. */
export const reportOutcome: Route = route<OutcomeBody>({
  name: 'reportOutcome',
  method: 'POST',
  path: '/api/v1/agents/{agent}/outcomes',
  rights: ['act'],
  reach: 'agent',
  summary: 'what became of an action; its result may reach the agent once this was answered',
  isRecording: true,
  body: {
    shape: outcomeBody,
    read: readOutcome,
    example: {
      session: '7f9c2ba4e88f827d',
      decision: 'd-51c0',
      status: 'ok',
      result: { refund: 'r-7' },
      records: 1,
    },
  },
  answer: { status: 200, shape: recorded },
  codes: [
    'unknown-agent',
    'unknown-session',
    'unknown-decision',
    'outcome-known',
    'not-let-through',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ guard }, { params: { agent }, body }) => {
    const { session, decision, status, result = null, records = null, forwarded } = body;
    const told = forwarded === undefined ? {} : { forwarded };
    return answerOf(
      await guard.outcome({ agent, session, decision, status, result, records, ...told }),
    );
  },
});
