import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { digest, words } from '../shapes.ts';
import { files, pactRow } from './pact-shapes.ts';

const body = z.strictObject({
  entry: z.string().min(1).max(512),
  files,
  mode: z.enum(['publish', 'shadow']),
  reason: words,
  base: digest.nullable().optional(),
  signatures: z.array(z.string().min(1).max(100_000)).max(100).optional(),
});

/** Publishes a pact, or proposes it where publishing takes two, or lets it run in the shadow. */
export const proposePact: Route = route({
  name: 'proposePact',
  method: 'POST',
  path: '/api/v1/agents/{agent}/pacts',
  rights: ['administer'],
  reach: 'agent',
  summary: 'publishes a pact, or runs it in the shadow of the armed one',
  isRecording: true,
  body: {
    shape: body,
    example: {
      entry: 'refunds.pact.yaml',
      files: { 'refunds.pact.yaml': 'pact: plumbline/v1\n…' },
      mode: 'publish',
      reason: 'refunds up to 50',
    },
  },
  answer: { status: 201, shape: pactRow },
  codes: ['bad-pact', 'unknown-agent', 'conflict', 'self-test-failed', 'unavailable'],
  handle: async ({ services }, { caller, params: { agent }, body: given }) => {
    const { signatures = [], ...proposal } = given;
    const proposed = await services.pacts.propose({ agent, ...proposal, signatures }, caller);
    return answerOf(proposed, { status: 201 });
  },
});
