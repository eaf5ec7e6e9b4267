import { z } from 'zod';

import { answerOf, refuse, route, type Route } from '../route.ts';
import { shownFigures } from './audit-shapes.ts';
import { refuseAudit } from './named-audit.ts';

const query = z.strictObject({ partial: z.enum(['true', 'false']).optional() });

/** What an audit comes to, beside what the agent reported. */
export const getAuditFigures: Route = route({
  name: 'getAuditFigures',
  method: 'GET',
  path: '/api/v1/audits/{id}/figures',
  rights: ['read'],
  reach: 'handler',
  summary: 'the audited accuracy with its interval, beside what the agent reported, by stratum',
  query,
  answer: { status: 200, shape: shownFigures },
  codes: ['not-found', 'conflict', 'forbidden'],
  handle: async (api, { caller, rights, params: { id }, query: { partial } }) => {
    const refused = await refuseAudit(api, caller, id);
    if (refused !== null) return refused;
    const isPartial = partial === 'true';
    // Who judges must not learn what is left from what was judged.
    if (isPartial && !rights.includes('operate')) {
      return refuse({ code: 'forbidden', detail: '`partial` takes the right `operate`' });
    }
    return answerOf(await api.services.audits.figures({ audit: id, isPartial }));
  },
});
