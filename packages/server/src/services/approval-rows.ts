import type { Ask, AskState, State, VoidReason } from '@plumbline/core';

import type { FoundAsk } from '../guard/ask-types.ts';
import type { PactRegistry } from './pact-registry.ts';
import type { ToolRegistry } from './tool-registry.ts';
import { stateOf, type UndoBook } from './undo/undo-book.ts';

/** What one rule asks for, and how many seats were taken for it so far. */
export type AskedRequirement = {
  readonly rule: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly approvals: number;
};

/** An action that waits, or waited, for people. What it holds is open to who may read. */
export type ActionApproval = {
  readonly kind: 'action';
  readonly id: string;
  readonly agent: string;
  readonly session: string;
  readonly state: AskState;
  readonly askedAt: number;
  readonly expiresAtMs: number;
  readonly endedAt: number | null;
  readonly untilMs: number | null;
  readonly voidReason: VoidReason | null;
  readonly tool: string;
  readonly decision: string;
  readonly pact: string;
  readonly requirements: readonly AskedRequirement[];
  readonly votes: number;
};

/** A pact that waits for the second person, who approves it where pacts are. */
export type PactApproval = {
  readonly kind: 'pact';
  readonly id: string;
  readonly agent: string;
  readonly session: null;
  readonly state: 'pending';
  readonly askedAt: number;
  readonly by: string;
  readonly reason: string;
};

/** A closed gate, which waits for a person to move the boundary or to enforce it. */
export type GateApproval = {
  readonly kind: 'gate';
  readonly id: string;
  readonly agent: string;
  readonly session: string | null;
  readonly state: 'pending';
  readonly category: string;
};

/** A definition of a tool that was quarantined, which a person accepts where tools are. */
export type ToolApproval = {
  readonly kind: 'tool';
  readonly id: string;
  readonly agent: string;
  readonly session: null;
  readonly state: 'pending';
  readonly askedAt: number;
  readonly tool: string;
  readonly server: string;
  readonly reason: string;
};

/** What is to be taken back, which another person approves where undoing is. */
export type UndoApproval = {
  readonly kind: 'undo';
  readonly id: string;
  readonly agent: string;
  readonly session: null;
  readonly state: 'pending';
  readonly askedAt: number;
  readonly expiresAtMs: number;
  readonly by: string;
  readonly reason: string;
};

/** Everything that waits for people, by what it is. */
export type ApprovalRow =
  ActionApproval | PactApproval | GateApproval | ToolApproval | UndoApproval;

/** Returns an ask as everyone may read it. */
export function rowOfAsk({ agent, ask }: FoundAsk): ActionApproval {
  const { id, session, state, askedAt, expiresAtMs, endedAt, untilMs, voidReason } = ask;
  const { tool, decision, pact, votes } = ask;
  return {
    kind: 'action',
    id,
    agent,
    session,
    state,
    askedAt,
    expiresAtMs,
    endedAt,
    untilMs,
    voidReason,
    tool,
    decision,
    pact,
    requirements: ask.requirements.map((requirement) => requirementOf(requirement, ask)),
    votes: votes.length,
  };
}

function requirementOf(
  { rule, approvers, quorum }: Ask['requirements'][number],
  { votes }: Ask,
): AskedRequirement {
  const approvals = votes.filter(({ outcome, seats }) => {
    return outcome === 'approve' && seats.some((seat) => seat.rule === rule);
  });
  return { rule, approvers, quorum, approvals: approvals.length };
}

/** Returns the pacts that wait for the second person. */
export function waitingPacts(registry: PactRegistry): readonly PactApproval[] {
  return registry.agents().flatMap((agent) => {
    const waiting = registry.list(agent).filter(({ state }) => state === 'proposed');
    return waiting.map(({ digest, at, by, reason }) => {
      const place = { kind: 'pact', id: digest, agent, session: null, state: 'pending' } as const;
      return { ...place, askedAt: at, by, reason };
    });
  });
}

/** Returns the definitions of tools that wait for a person to accept them. */
export function waitingTools(
  tools: Pick<ToolRegistry, 'list'>,
  agents: readonly string[],
): readonly ToolApproval[] {
  return agents.flatMap((agent) => {
    const waiting = tools.list(agent).filter(({ state }) => state === 'quarantined');
    return waiting.map(({ definition, at, tool, server, why }) => {
      const place = { kind: 'tool', id: definition, agent, session: null } as const;
      return { ...place, state: 'pending', askedAt: at, tool, server, reason: why ?? '' } as const;
    });
  });
}

/** Returns the gates that are closed and on which nobody has decided. */
export function closedGates(states: readonly State[]): readonly GateApproval[] {
  return states.flatMap(({ agent, gates }) => {
    const closed = [...gates].filter(([, gate]) => gate === 'closed');
    return closed.map(([key]) => {
      const [session, category] = partsOf(key);
      return { kind: 'gate', id: key, agent, session, state: 'pending', category } as const;
    });
  });
}

function partsOf(key: string): readonly [string | null, string] {
  // The kernel spells the key of a gate as the JSON of its session and category.
  return JSON.parse(key) as [string | null, string];
}

/** Returns what is to be taken back and waits for another person. */
export function waitingUndos(book: UndoBook, now: number): readonly UndoApproval[] {
  const waiting = book.sets().filter((set) => stateOf(set, now) === 'pending');
  return waiting.map(({ undo, agent, askedAt, untilMs, by, reason }) => {
    const place = { kind: 'undo', id: undo, agent, session: null, state: 'pending' } as const;
    return { ...place, askedAt, expiresAtMs: untilMs, by, reason };
  });
}
