import { answerOf, route, type Route } from '../route.ts';
import { shownInteraction } from './audit-shapes.ts';
import { refuseAudit } from './named-audit.ts';

/** A drawn session, opened without what the agent reported of it. The reading is recorded. */
export const getAuditItem: Route = route({
  name: 'getAuditItem',
  method: 'GET',
  path: '/api/v1/audits/items/{id}',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: "a drawn session as its reviewer sees it, without the agent's own report; recorded",
  answer: { status: 200, shape: shownInteraction },
  codes: ['not-found', 'conflict', 'unavailable', 'overloaded'],
  handle: async (api, { caller, params: { id } }) => {
    const refused = await refuseAudit(api, caller, id);
    if (refused !== null) return refused;
    return answerOf(await api.services.audits.show(id, caller));
  },
});
