import { setImmediate } from 'node:timers/promises';

import { z } from 'zod';

import type { Api } from '../api.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import {
  decision,
  type Evaluations,
  evaluations as shape,
  readEvaluations,
  type Semantic,
} from './evaluation-shapes.ts';
import { failed, look, type Looked } from './look.ts';
import type { Asker } from './map-evaluation.ts';

/** Several AuthZEN evaluations, each completed from the top. Without any it is one. */
export const evaluateMany: Route = route<Evaluations>({
  name: 'evaluateMany',
  method: 'POST',
  path: '/access/v1/evaluations',
  rights: ['act', 'read', 'open-session'],
  reach: 'handler',
  badMedia: 'bad-request',
  summary: 'AuthZEN 1.0, several evaluations; dry runs',
  body: {
    shape,
    read: readEvaluations,
    example: {
      subject: { type: 'agent', id: 'refunds' },
      action: { name: 'refunds.issue' },
      context: { session: '7f9c2ba4e88f827d' },
      evaluations: [
        { resource: { type: 'order', id: '1042', properties: { amount: '20.00' } } },
        { resource: { type: 'order', id: '1043', properties: { amount: '2000.00' } } },
      ],
      options: { evaluations_semantic: 'execute_all' },
    },
  },
  answer: {
    status: 200,
    shape: z.union([z.strictObject({ evaluations: z.array(decision) }), decision]),
  },
  codes: ['unknown-agent', 'unknown-session', 'not-armed', 'overloaded', 'unavailable'],
  handle: async (api, { caller, rights, body }) => {
    const { defaults, evaluations, semantic } = body;
    const asker = { caller, rights };
    if (evaluations.length > 0) {
      const asked = evaluations.map((each) => ({ ...defaults, ...each }));
      return answer({ evaluations: await lookInTurn(api, asked, { asker, semantic }) });
    }
    const result = await look(api, defaults, asker);
    return 'looked' in result ? answer(result.looked) : refuse(result.problem);
  },
});

const LAST: Readonly<Record<Semantic, boolean | null>> = {
  execute_all: null,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

async function lookInTurn(
  api: Api,
  asked: readonly object[],
  { asker, semantic }: { readonly asker: Asker; readonly semantic: Semantic },
): Promise<readonly Looked[]> {
  const seen: Looked[] = [];
  for (const each of asked) {
    // One after the other: whether the next is asked depends on this one.
    const result = await look(api, each, asker);
    const looked = 'looked' in result ? result.looked : failed(result.problem);
    seen.push(looked);
    if (looked.decision === LAST[semantic]) break;
    // A hundred of the largest take seconds; nobody, least of all a halt, waits for all of them.
    await setImmediate();
  }
  return seen;
}
