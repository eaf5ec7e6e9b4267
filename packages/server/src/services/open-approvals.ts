import { openApprovalLinks } from './approval-links.ts';
import { type Approvals, type ApprovalsNeeds, makeApprovals } from './approvals.ts';
import { type ClientApprovals, makeClientApprovals } from './client-approvals.ts';
import type { LinkNeeds } from './approval-links.ts';
import { makePeople, type PeopleNeeds } from './people.ts';
import { openSeats, type Seats, type SeatsNeeds } from './seats.ts';

type Needs = Omit<ApprovalsNeeds, 'people' | 'seats' | 'links'> &
  Omit<LinkNeeds, 'people'> &
  Omit<SeatsNeeds, 'people'> &
  PeopleNeeds;

/** The services of this room. */
export type ApprovalServices = {
  readonly approvals: Approvals;
  readonly clientApprovals: ClientApprovals;
  readonly seats: Seats;
};

/** Opens what people approve with: who they are, whose seats they hold, links, and the asks. */
export async function openApprovalServices(needs: Needs): Promise<ApprovalServices> {
  const people = makePeople(needs);
  const seats = await openSeats({ ...needs, people });
  const links = await openApprovalLinks({ ...needs, people });
  const all = { ...needs, people, seats, links };
  return { seats, approvals: makeApprovals(all), clientApprovals: makeClientApprovals(all) };
}
