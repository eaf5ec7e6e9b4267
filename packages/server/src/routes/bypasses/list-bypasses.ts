import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answer, route, type Route } from '../route.ts';
import { bypassRow } from './bypass-shapes.ts';

/** What was found to go around the enforcement points, newest first. */
export const listBypasses: Route = route({
  name: 'listBypasses',
  method: 'GET',
  path: '/api/v1/bypasses',
  rights: ['read'],
  reach: 'handler',
  summary: 'what was found to go around the enforcement points, newest first',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(bypassRow) }) },
  codes: [],
  handle: ({ services }, { caller }) => {
    // What is of no agent is of the machine, which a key for some agents does not see.
    const isSeen = (agent: string | null): boolean =>
      agent === null ? caller.agents === null : isFor(caller, agent);
    return answer({ rows: services.bypasses.list().filter(({ agent }) => isSeen(agent)) });
  },
});
