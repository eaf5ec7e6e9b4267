import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { judgementBody } from './audit-shapes.ts';
import { refuseAudit } from './named-audit.ts';

/** A reviewer's word on a drawn session, claim by claim. */
export const judgeAuditItem: Route = route({
  name: 'judgeAuditItem',
  method: 'POST',
  path: '/api/v1/audits/items/{id}/judgement',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: 'judges a drawn session, every claim of it; once',
  isRecording: true,
  body: {
    shape: judgementBody,
    example: {
      resolved: 'no',
      claims: [
        { claim: 'c1', finding: 'right' },
        { claim: 'c2', finding: 'wrong', note: 'the policy gives 30 days, not 60' },
      ],
      note: 'the customer was told a deadline that does not exist',
    },
  },
  answer: { status: 201, shape: recorded },
  codes: ['not-found', 'conflict', 'too-large', 'unavailable', 'overloaded'],
  handle: async (api, { caller, params: { id }, body }) => {
    const refused = await refuseAudit(api, caller, id);
    if (refused !== null) return refused;
    const judgement = { ...body, item: id, note: body.note ?? null };
    return answerOf(await api.services.audits.judge(judgement, caller), { status: 201 });
  },
});
