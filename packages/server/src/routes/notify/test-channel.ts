import { answerOf, route, type Route } from '../route.ts';
import { shownMessage } from './notify-shapes.ts';

/** Sends one message to a channel. */
export const testChannel: Route = route({
  name: 'testChannel',
  method: 'POST',
  path: '/api/v1/notify/channels/{id}/test',
  rights: ['operate'],
  reach: 'node',
  summary: 'sends one message to a channel, and answers when it was tried',
  answer: { status: 200, shape: shownMessage },
  codes: ['not-found'],
  handle: async ({ services }, { params: { id } }) => answerOf(await services.notices.test(id)),
});
