import type { ApprovalRow, OpenedAsk } from '../../data/approvals.ts';
import { agentPlace } from '../../data/places.ts';
import type { Tone } from '../../ui/marks.tsx';

type State = OpenedAsk['state'];

const WORDS: Readonly<Record<State, readonly [Tone, string]>> = {
  pending: ['warn', 'waits'],
  approved: ['good', 'approved'],
  used: ['good', 'approved and used'],
  lapsed: ['plain', 'approved, not used'],
  denied: ['danger', 'denied'],
  expired: ['danger', 'nobody in time'],
  superseded: ['plain', 'another pact'],
  void: ['plain', 'void'],
};

/** Returns how an ask stands in a word, with how much that asks for. */
export function stateWords(state: State): readonly [Tone, string] {
  return WORDS[state];
}

/** Returns what a row that waits is, in a word. */
export function kindWord({ kind }: ApprovalRow): string {
  return { action: 'action', pact: 'pact', undo: 'undo', tool: 'tool', gate: 'gate' }[kind];
}

/** Returns what waits: the tool to be used, the words of who asks, the category that is shut. */
export function whatText(row: ApprovalRow): string {
  switch (row.kind) {
    case 'action':
      return row.tool;
    case 'tool':
      return `${row.tool} of ${row.server}: ${row.reason}`;
    case 'pact':
    case 'undo':
      return row.reason;
    case 'gate':
      return `gate ${row.category}`;
  }
}

/** Returns where a row is decided on. */
export function hrefOf(row: ApprovalRow): string {
  switch (row.kind) {
    case 'action':
      return `/approvals/${row.id}`;
    case 'undo':
      return `/undos/${row.id}`;
    case 'pact':
      return agentPlace(row.agent, 'pact');
    case 'tool':
      return agentPlace(row.agent, 'tools');
    case 'gate':
      return agentPlace(row.agent, 'gates');
  }
}

/** Returns how far the people asked have come: `1 of 2`, of every rule that asks. */
export function quorumText({
  requirements,
}: {
  readonly requirements: OpenedAsk['requirements'];
}): string {
  return requirements.map(({ approvals, quorum }) => `${approvals} of ${quorum}`).join(', ');
}

/** Returns what became of an ask that waits no more, and by whom. */
export function endText(ask: OpenedAsk): string {
  const who = (outcome: string): string => {
    const votes = ask.cast.filter((vote) => vote.outcome === outcome);
    return votes.map(({ person, reason }) => `${person} (“${reason}”)`).join(', ');
  };
  switch (ask.state) {
    case 'pending':
      return 'It waits for people.';
    case 'approved':
      return `Approved by ${who('approve')}. It happens once the agent asks again in time.`;
    case 'used':
      return `Approved by ${who('approve')}. The agent asked again and it was let through once.`;
    case 'lapsed':
      return `Approved by ${who('approve')}, but the agent did not ask again in time.`;
    case 'denied':
      return `Denied by ${who('deny')}.`;
    case 'expired':
      return 'Nobody approved it in time, which denies it.';
    case 'superseded':
      return 'Another pact was armed: it was asked again under that one, or not at all.';
    case 'void':
      return ask.voidReason === 'halted'
        ? 'A halt ended it: nothing of it happens.'
        : 'Its session was closed: nothing of it happens.';
  }
}
