import { z } from 'zod';

import { answer, answerOf, route, type Route } from '../route.ts';
import { toolRow } from './tool-shapes.ts';

/** Every definition of an agent's tools that was accepted or quarantined, newest first. */
export const listTools: Route = route({
  name: 'listTools',
  method: 'GET',
  path: '/api/v1/agents/{agent}/tools',
  rights: ['read'],
  reach: 'agent',
  summary: "every definition of an agent's tools: accepted, quarantined, or earlier",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(toolRow) }) },
  codes: ['unknown-agent'],
  handle: async ({ services }, { params }) => {
    const listed = await services.tools.list(params.agent);
    return listed.ok ? answer({ rows: listed.value }) : answerOf(listed);
  },
});
