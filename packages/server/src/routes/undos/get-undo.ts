import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { queryNumber } from '../shapes.ts';
import { findUndo } from './requested.ts';
import { openedUndo } from './undo-shapes.ts';

const LONGEST_MS = 25_000;

const query = z.strictObject({
  waitMs: queryNumber.refine((ms) => ms <= LONGEST_MS, `must be at most ${LONGEST_MS}`).optional(),
});

/** One set, with the arguments of its actions for whoever may read them. */
export const getUndo: Route = route({
  name: 'getUndo',
  method: 'GET',
  path: '/api/v1/undos/{id}',
  rights: ['operate', 'approve', 'read-sealed'],
  reach: 'handler',
  summary: 'one set of actions, how far each is and why; with `waitMs`, once it changed',
  query,
  answer: { status: 200, shape: openedUndo },
  codes: ['not-found', 'overloaded', 'unavailable'],
  handle: async (api, { caller, rights, params: { id }, query: { waitMs } }) => {
    const found = findUndo(api, caller, id);
    if (found.refused !== null) return found.refused;
    const { undos } = api.services;
    if (waitMs !== undefined && found.set.isActive) await undos.whenChanged(id, waitMs);
    const mayRead = waitMs === undefined && rights.includes('read-sealed');
    return answerOf(await undos.opened(id, { by: caller, mayRead }));
  },
});
