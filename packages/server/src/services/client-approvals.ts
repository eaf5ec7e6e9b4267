import { judgeVote } from '@plumbline/core';

import type { Caller } from '../routes/caller.ts';
import { isFor, rightsOf } from '../routes/rights.ts';
import type { ShownCase } from './approval-case.ts';
import {
  type ApprovalsNeeds,
  castVote,
  type CastVote,
  type CountedVote,
  openAsk,
  type VoteNeeds,
} from './approvals.ts';
import { refused } from './served.ts';
import type { Served } from './services.ts';
import type { VoteProving } from './vote-proof.ts';

/**
 * Approvals asked for at the client through which an agent acts.
 *
 * Contract:
 * - Only somebody is asked whose own token an issuer signed, who may approve for the agent, whom a
 *   rule of the ask names, for whom nobody opened the session, and who needs no second factor here.
 *   So it lets nobody do what the same token does not let them do at the approvals themselves.
 * - `ask` appends that it was shown before it returns what is shown; `vote` checks all of it again.
 */
export type ClientApprovals = {
  readonly ask: (approval: string, by: Caller) => Promise<Served<ShownCase>>;
  readonly vote: (vote: CastVote, by: Caller) => Promise<Served<CountedVote>>;
};

/** Returns approvals as they are asked for at clients. */
export function makeClientApprovals(needs: Needs): ClientApprovals {
  return {
    ask: async (approval, by) => {
      const may = await mayVote(needs, approval, by);
      return may.ok ? openAsk(needs, approval, by.id) : may;
    },
    vote: async (vote, by) => {
      const may = await mayVote(needs, vote.approval, by);
      if (!may.ok) return may;
      const { voter } = may.value;
      return castVote(needs, vote, { voter, by: by.id, mechanism: 'elicitation' });
    },
  };
}

type Needs = VoteNeeds &
  Pick<ApprovalsNeeds, 'decisions'> & {
    readonly proving: Pick<VoteProving, 'demand'>;
  };

type May = Served<{ readonly voter: Parameters<typeof judgeVote>[1] }>;

async function mayVote(needs: Needs, approval: string, by: Caller): Promise<May> {
  const { guard, people, seats, proving } = needs;
  const { person, mechanism, breakGlass } = by;
  if (person === null || mechanism !== 'oidc' || breakGlass !== undefined) return UNPROVED;
  if (proving.demand !== 'none') return FACTOR;
  const found = guard.asks.find(approval);
  // Of a session that was closed nobody knows any more for whom it was.
  if (found?.ask.state !== 'pending' || found.principal === null) return OVER;
  const isApprover = rightsOf(by, 'enforce').includes('approve') && isFor(by, found.agent);
  if (!isApprover) return NO_APPROVER;
  const voter = await people.voterOf(person);
  const barred = [found.principal, ...(await people.namesBehind(found.openedBy ?? ''))];
  const givers = await seats.giversOf(voter.id);
  const judged = judgeVote(found.ask, voter, { barred, givers });
  if (!judged.ok) return refused('forbidden', judged.error.message);
  return { ok: true, value: { voter } };
}

const UNPROVED = refused('forbidden', "only a person's own token from an issuer counts here");
const FACTOR = refused('needs-proof', 'approving takes a second factor, which no client carries');
const OVER = refused('conflict', 'it waits for nobody any more');
const NO_APPROVER = refused('forbidden', 'this person approves nothing of this agent');
