import { isFor } from '../rights.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { shownDrill } from './drill-shapes.ts';

/** One drill. */
export const getDrill: Route = route({
  name: 'getDrill',
  method: 'GET',
  path: '/api/v1/drills/{id}',
  rights: ['read'],
  reach: 'handler',
  summary: 'one drill: what was measured, what was practised and what was not',
  answer: { status: 200, shape: shownDrill },
  codes: ['not-found'],
  handle: ({ services }, { caller, params: { id } }) => {
    const drill = services.drills.find(id);
    if (drill === undefined || !isFor(caller, drill.agent)) {
      return refuse({ code: 'not-found', detail: `there is no drill \`${id}\`` });
    }
    return answer(drill);
  },
});
