import type { CountedVote, LinkView } from '../../services/approvals.ts';
import type { ServiceError } from '../../services/services.ts';
import type { Reply } from '../route.ts';
import { PAGE_POLICY, renderCase, renderNote } from './approval-page.ts';

type Status = Extract<Reply, { readonly kind: 'page' }>['status'];

function reply(status: Status, html: string): Reply {
  return { kind: 'page', status, html, policy: PAGE_POLICY };
}

/** Returns the page of a link. What is not open any more, and what never was, look the same. */
export function pageOf(view: LinkView): Reply {
  if (view.state === 'open') return reply(200, renderCase(view.shown, view.link.person));
  const why = 'It was used, it ran out, it was not copied whole, or what it was for was decided.';
  return reply(404, renderNote('This link does not work', `${why} Nothing was changed.`));
}

/** Returns the page of who voted. */
export function votedPage({ approval }: CountedVote, outcome: 'approve' | 'deny'): Reply {
  const head = outcome === 'approve' ? 'Your approval counts' : 'You denied it';
  const words = {
    pending: 'It waits for more people to approve.',
    approved: 'It may now happen once, exactly as it was shown.',
    denied: 'It will not happen.',
  };
  const { state } = approval;
  const known = state === 'pending' || state === 'approved' || state === 'denied';
  return reply(200, renderNote(head, known ? words[state] : `It is ${state}.`));
}

/** Returns the page of a vote that does not count. */
export function refusalPage({ code, message }: ServiceError): Reply {
  const status = code === 'forbidden' ? 403 : code === 'unavailable' ? 503 : 409;
  return reply(status, renderNote('Your word does not count here', `${message}.`));
}
