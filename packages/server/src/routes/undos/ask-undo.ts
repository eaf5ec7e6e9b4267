import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { requested } from './requested.ts';
import { selecting, shownUndo } from './undo-shapes.ts';

const body = z.strictObject({ ...selecting, goOn: z.boolean().default(false), reason: words });

/** Asks another person for leave to take exactly these actions back. */
export const askUndo: Route = route({
  name: 'askUndo',
  method: 'POST',
  path: '/api/v1/agents/{agent}/undos',
  rights: ['operate'],
  reach: 'agent',
  summary: 'asks another person to approve exactly what is to be taken back',
  isRecording: true,
  body: { shape: body, example: { session: 'ses_0199aa', reason: 'booked for the wrong person' } },
  answer: { status: 201, shape: shownUndo },
  codes: [
    'unknown-agent',
    'not-armed',
    'unknown-decision',
    'not-found',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ services }, { caller, params: { agent }, body: said }) => {
    const { goOn, reason, ...selected } = said;
    const request = { ...requested(agent, selected), goOn, reason };
    return answerOf(await services.undos.ask(request, caller), { status: 201 });
  },
});
