import { refuse, route, type Route } from '../route.ts';
import { pageOf } from './link-reply.ts';

/** The page of a link; looking at it votes nothing. */
export const showApprovalLink: Route = route({
  name: 'showApprovalLink',
  method: 'GET',
  path: '/approve/{token}',
  rights: [],
  reach: 'node',
  summary: 'the page of a link by which one person votes; looking at it votes nothing',
  answer: { status: 200, type: 'text/html; charset=utf-8' },
  codes: ['unavailable', 'overloaded'],
  handle: async ({ services }, { params: { token } }) => {
    const viewed = await services.approvals.viewLink(token);
    if (viewed.ok) return pageOf(viewed.value);
    const { code, message } = viewed.error;
    return refuse({ code, detail: message });
  },
});
