import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { toolRow } from './tool-shapes.ts';

/** A person accepts a definition: the tool's name stands for it from then on. */
export const acceptTool: Route = route({
  name: 'acceptTool',
  method: 'POST',
  path: '/api/v1/agents/{agent}/tools/{digest}/accept',
  rights: ['approve'],
  reach: 'agent',
  summary: "accepts a definition: the tool's name stands for it from then on",
  isRecording: true,
  body: {
    shape: z.strictObject({ reason: words }),
    example: { reason: 'the new version, read and compared' },
  },
  answer: { status: 200, shape: toolRow },
  codes: ['unknown-agent', 'not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async ({ services }, { caller, params: { agent, digest }, body: { reason } }) =>
    answerOf(await services.tools.accept({ agent, digest, reason }, caller)),
});
