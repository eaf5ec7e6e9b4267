import { z } from 'zod';

import { LABELS } from '../../guard/people.ts';
import { isFor } from '../rights.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';

const body = z.strictObject({ label: z.enum(LABELS), note: words });

/** A person's word about a recorded decision. It changes no decision. */
export const addCorrection: Route = route({
  name: 'addCorrection',
  method: 'POST',
  path: '/api/v1/decisions/{decision}/corrections',
  rights: ['correct'],
  reach: 'handler',
  summary: 'a person says what a decision should have been; it becomes a labelled case',
  isRecording: true,
  body: { shape: body, example: { label: 'should-deny', note: 'refunds above 30 are asked for' } },
  answer: { status: 201, shape: recorded },
  codes: ['unknown-decision', 'not-found', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { decision }, body: said }) => {
    const found = await services.decisions.recorded(decision);
    if (!found.ok) return answerOf(found);
    if (!isFor(caller, found.value.agent)) {
      return refuse({ code: 'unknown-decision', detail: `there is no decision \`${decision}\`` });
    }
    const corrected = await services.cases.correct({ decision, ...said }, caller);
    return answerOf(corrected, { status: 201 });
  },
});
