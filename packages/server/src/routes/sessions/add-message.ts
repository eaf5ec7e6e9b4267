import { z } from 'zod';

import type { Right } from '../caller.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Something that was said in a session, and by whom. */
export type MessageBody = { readonly from: 'principal' | 'untrusted'; readonly text: string };

/** Its shape. */
export const messageBody: z.ZodType<MessageBody> = z.strictObject({
  from: z.enum(['principal', 'untrusted']),
  text: z.string(),
});

/** The right it takes to say who spoke: only an opener speaks for the principal. */
export function rightToSay(from: MessageBody['from']): Right {
  return from === 'principal' ? 'speak-for-principal' : 'act';
}

/** Adds what the principal said, or content that reached the agent some other way. */
export const addMessage: Route = route({
  name: 'addMessage',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions/{session}/messages',
  rights: ['speak-for-principal', 'act'],
  reach: 'agent',
  summary: 'adds what the principal said (`speak-for-principal`), or a stranger (also `act`)',
  isRecording: true,
  body: { shape: messageBody, example: { from: 'principal', text: 'refund order 1042, please' } },
  answer: { status: 200, shape: recorded },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ guard }, { rights, params: { agent, session }, body: { from, text } }) => {
    // Whoever may say what the principal said may also say what can only narrow.
    if (!rights.includes(rightToSay(from)) && !rights.includes('speak-for-principal')) {
      return refuse({ code: 'forbidden', detail: 'speaking for the principal takes another key' });
    }
    return answerOf(await guard.message({ agent, session, from, text }));
  },
});
