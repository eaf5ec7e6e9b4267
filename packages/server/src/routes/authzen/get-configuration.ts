import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';

const shape = z.strictObject({
  policy_decision_point: z.string(),
  access_evaluation_endpoint: z.string(),
  access_evaluations_endpoint: z.string(),
});

/** Where AuthZEN is spoken. Source: AuthZEN 1.0, section 9. */
export const getConfiguration: Route = route({
  name: 'getConfiguration',
  method: 'GET',
  path: '/.well-known/authzen-configuration',
  rights: [],
  reach: 'handler',
  summary: 'AuthZEN metadata',
  answer: { status: 200, shape },
  codes: [],
  handle: (_api, { base }) =>
    answer({
      policy_decision_point: base,
      access_evaluation_endpoint: `${base}/access/v1/evaluation`,
      access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    }),
});
