import { answer, refuse, route, type Route } from '../route.ts';
import { decision, evaluation } from './evaluation-shapes.ts';
import { look } from './look.ts';

/** One AuthZEN evaluation: a dry run. */
export const evaluate: Route = route<unknown>({
  name: 'evaluate',
  method: 'POST',
  path: '/access/v1/evaluation',
  rights: ['act', 'read', 'open-session'],
  reach: 'handler',
  badMedia: 'bad-request',
  summary: 'AuthZEN 1.0, one evaluation; a dry run',
  body: {
    shape: evaluation,
    // `look` holds it to the shape, as it does each of several.
    read: (value) => ({ ok: true, value }),
    example: {
      subject: { type: 'agent', id: 'refunds' },
      action: { name: 'refunds.issue', properties: { order: '1042', amount: '20.00' } },
      resource: { type: 'order', id: '1042' },
      context: { session: '7f9c2ba4e88f827d' },
    },
  },
  answer: { status: 200, shape: decision },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'not-armed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async (api, { caller, rights, body }) => {
    const result = await look(api, body, { caller, rights });
    return 'looked' in result ? answer(result.looked) : refuse(result.problem);
  },
});
