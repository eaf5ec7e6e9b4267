import { z } from 'zod';

import { refuse, route, type Reply, type Route } from '../route.ts';

const DONE: Reply = {
  kind: 'bytes',
  type: 'text/plain; charset=utf-8',
  bytes: '',
  cache: 'no-store',
};

/** A button that somebody pressed in Slack. */
export const pressSlackButton: Route = route({
  name: 'pressSlackButton',
  method: 'POST',
  path: '/notify/slack/{id}',
  rights: [],
  reach: 'node',
  summary: "a button of an approval, pressed in Slack: counted as the word of Slack's member",
  body: {
    media: 'form',
    shape: z.strictObject({ payload: z.string().min(2).max(200_000) }),
    example: { payload: '{"type":"block_actions"}' },
  },
  answer: { status: 200, type: 'text/plain; charset=utf-8' },
  codes: ['bad-request', 'forbidden', 'not-found'],
  handle: async ({ services }, { params: { id }, headers, bytes, body: { payload } }) => {
    const pressed = services.notices.slack(id, { headers, bytes, payload });
    if (!pressed.ok) return refuse({ code: pressed.error.code, detail: pressed.error.message });
    const { person, approval, outcome, by, tell } = pressed.value;
    if (person === null) {
      await tell('You are not known here: an administrator names you in `notify.channels`.');
      return DONE;
    }
    const vote = { approval, outcome, reason: 'by a button in Slack' };
    const voted = await services.approvals.voteFrom(vote, { person, by, mechanism: 'slack' });
    const state = voted.ok
      ? `Your word counts. The approval is ${voted.value.approval.state}.`
      : '';
    await tell(voted.ok ? state : `Your word does not count: ${voted.error.message}.`);
    return DONE;
  },
});
