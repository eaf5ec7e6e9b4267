import { z } from 'zod';

import type { DecidedGate } from '../../guard/people.ts';
import { answer, answerOf, refuse, route, type Route } from '../route.ts';
import { count, decisionId, sessionId, words } from '../shapes.ts';

const NEXT = {
  opened:
    'the actions refused before may be asked again; publish a pact that draws the boundary where ' +
    'it now is, with the refused actions as cases: ask for the cases of the agent',
  kept: 'the category stays refused; only a person can open it again',
} as const;

const body = z.strictObject({
  session: sessionId.nullable().optional(),
  outcome: z.enum(['opened', 'kept']),
  reason: words,
});

const shape = z.strictObject({
  index: count,
  outcome: z.enum(['opened', 'kept']),
  changed: z.array(z.strictObject({ session: sessionId.nullable(), category: z.string() })),
  because: z.array(decisionId),
  next: z.string(),
});

/** A person's decision about a gate that is shut. */
export const decideGate: Route = route({
  name: 'decideGate',
  method: 'POST',
  path: '/api/v1/agents/{agent}/gates/{category}',
  rights: ['approve'],
  reach: 'agent',
  summary: 'a person opens a gate (the boundary moves) or keeps it shut for good',
  isRecording: true,
  body: { shape: body, example: { outcome: 'opened', reason: 'exports to partners are fine' } },
  answer: { status: 200, shape },
  codes: ['unknown-agent', 'not-found', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard, services }, { caller, params: { agent, category }, body: said }) => {
    const { person, id: by } = caller;
    // Nobody is known on the socket, and a gate is decided by whom the pact names.
    if (person === null) {
      return refuse({ code: 'forbidden', detail: 'a gate is decided by a person with their key' });
    }
    const { session = null, outcome, reason } = said;
    const who = await services.approvals.voterOf(person);
    const of = { agent, category, session, outcome, reason, by, person: who };
    const decided = await guard.people.decideGate(of);
    return decided.ok ? answer(shownOf(decided.value)) : answerOf(decided);
  },
});

function shownOf(decided: DecidedGate): object {
  return { ...decided, next: NEXT[decided.outcome] };
}
