import { openApprovalLinks } from './approval-links.ts';
import { type ApprovalServices, type ApprovalsNeeds, makeApprovals } from './approvals.ts';
import type { LinkNeeds } from './approval-links.ts';
import { makePeople, type PeopleNeeds } from './people.ts';
import { openSeats, type SeatsNeeds } from './seats.ts';

type Needs = Omit<ApprovalsNeeds, 'people' | 'seats' | 'links'> &
  Omit<LinkNeeds, 'people'> &
  Omit<SeatsNeeds, 'people'> &
  PeopleNeeds;

/** Opens what people approve with: who they are, whose seats they hold, links, and the asks. */
export async function openApprovalServices(needs: Needs): Promise<ApprovalServices> {
  const people = makePeople(needs);
  const seats = await openSeats({ ...needs, people });
  const links = await openApprovalLinks({ ...needs, people });
  return { seats, approvals: makeApprovals({ ...needs, people, seats, links }) };
}
