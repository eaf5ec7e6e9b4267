import type { FoundAsk } from '../src/guard/ask-types.ts';
import type { ApprovalServices } from '../src/services/open-approvals.ts';
import { rowOfAsk } from '../src/services/approval-rows.ts';

/** An ask of the agent `refunds` that waits. */
export const FOUND: FoundAsk = {
  agent: 'refunds',
  principal: 'ada',
  openedBy: 'front-end',
  ask: {
    id: 'apr_1',
    session: 's1',
    action: `sha256:${'cd'.repeat(32)}`,
    pact: `sha256:${'ab'.repeat(32)}`,
    tool: 'refunds.issue',
    subject: null,
    first: 'd1',
    decision: 'd1',
    request: 'r1',
    askedAt: 1,
    expiresAtMs: 900_001,
    requirements: [{ rule: 'large', approvers: ['role:lead'], quorum: 1, withinMs: 900_000 }],
    votes: [],
    state: 'pending',
    endedAt: null,
    voidReason: null,
    approvals: [],
    untilMs: null,
    shown: {},
  },
};

/** Services of approvals that answer from nowhere and write down what was asked. */
export function fakeApprovals(calls: string[]): ApprovalServices {
  const served = <T>(name: string, value: T) => {
    calls.push(name);
    return Promise.resolve({ ok: true as const, value });
  };
  const row = rowOfAsk(FOUND);
  const shown = {
    ...row,
    sealed: 'opened' as const,
    principal: 'ada',
    request: 'r1',
    action: { tool: 'refunds.issue', args: { order: '1042' } },
    why: [{ stage: 'step_up', rule: 'large', say: 'a lead approves' }],
    gathered: null,
    agentSays: null,
    usual: null,
    equal: [],
    cast: [],
  };
  const counted = { index: 7, approval: row };
  const link = { ask: 'apr_1', person: 'lena@example.com', expiresAtMs: 2, link: 'lnk_1' };
  const seat = { id: 'seat_1', from: 'lena', to: 'omar', untilMs: 2, givenAt: 1 };
  const made = { index: 8, link: 'lnk_1', token: 'a.b', person: 'lena', expiresAtMs: 2 };
  return {
    clientApprovals: {
      ask: () => served('clientApprovals.ask', shown),
      vote: () => served('clientApprovals.vote', counted),
    },
    approvals: {
      voterOf: (person) => Promise.resolve({ ...person, names: [] }),
      list: () => [row],
      voteFrom: () => served('approvals.voteFrom', counted),
      find: () => FOUND,
      opened: () => served('approvals.opened', shown),
      whenChanged: () => served('approvals.whenChanged', undefined),
      vote: () => served('approvals.vote', counted),
      voteAll: () => Promise.resolve([{ ok: true, id: 'apr_1', ...counted }]),
      fatigue: () => ({ sinceMs: 1, waiting: 1, rows: [] }),
      makeLink: () => served('approvals.makeLink', made),
      viewLink: () => served('approvals.viewLink', { state: 'open' as const, link, shown }),
      voteByLink: () => served('approvals.voteByLink', counted),
    },
    seats: {
      list: () => Promise.resolve([seat]),
      give: () => served('seats.give', { ...seat, index: 8 }),
      giveBack: () => served('seats.giveBack', { index: 9 }),
      giversOf: () => Promise.resolve([]),
    },
  };
}
