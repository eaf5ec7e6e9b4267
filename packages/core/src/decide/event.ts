import type { Approval } from '../approval/approval.ts';
import type { Claim } from '../authority/claim.ts';
import type { Delegation } from '../authority/delegation.ts';
import type { Halt, Resume } from '../halt/halt.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Permit } from '../permit/permit.ts';
import type { Action } from './action.ts';
import type { Fact } from './fact.ts';
import type { Decision } from './verdict.ts';
import type { Digest } from '../digest.ts';

/** What became of an action that was let through. */
export type OutcomeStatus = 'ok' | 'error' | 'not_sent' | 'unknown';

/**
 * Everything that can change an agent's state, as it is recorded.
 *
 * `at` is integer milliseconds UTC. The fold ignores unknown sessions, decisions and targets.
 * Source: spec/decide.md, section "Events".
 */
export type Event =
  | { readonly kind: 'armed'; readonly at: number; readonly pact: Digest }
  | {
      readonly kind: 'session_opened';
      readonly at: number;
      readonly session: string;
      readonly principal: string;
      readonly task: string | null;
      readonly room: string | null;
      readonly attributes: JsonObject;
      /** Who attested principal, task and attributes; never the agent. */
      readonly openedBy: string;
      /** Who hands the session down, root first, at most 8; absent: nobody. */
      readonly delegation?: readonly Delegation[];
    }
  | { readonly kind: 'session_closed'; readonly at: number; readonly session: string }
  | {
      /** What the principal said, or content that reached the agent other than as a tool result. */
      readonly kind: 'message';
      readonly at: number;
      readonly session: string;
      readonly from: 'principal' | 'untrusted';
      readonly text: string;
    }
  | {
      readonly kind: 'decided';
      readonly at: number;
      readonly id: string;
      readonly action: Action;
      readonly facts: readonly Fact[];
      readonly decision: Decision;
    }
  | {
      readonly kind: 'outcome';
      readonly at: number;
      readonly decision: string;
      readonly session: string;
      readonly tool: string;
      readonly args: JsonObject;
      readonly status: OutcomeStatus;
      readonly result: Json;
      /** Records the call touched, where the enforcement point can count them. */
      readonly records: number | null;
    }
  | { readonly kind: 'approval'; readonly at: number; readonly approval: Approval }
  | { readonly kind: 'permit'; readonly at: number; readonly permit: Permit }
  | { readonly kind: 'halt'; readonly at: number; readonly halt: Halt }
  | { readonly kind: 'resume'; readonly at: number; readonly resume: Resume }
  | { readonly kind: 'claim'; readonly at: number; readonly claim: Claim }
  | {
      /** The end of a claim that has an id, before it ends by itself. */
      readonly kind: 'claim_revoked';
      readonly at: number;
      readonly session: string;
      readonly id: string;
      readonly by: string;
    }
  | {
      /** A detector's finding; `name` is what `halt_on` lists. */
      readonly kind: 'finding';
      readonly at: number;
      readonly session: string;
      readonly name: string;
    }
  | {
      /** A person's decision on a closed gate: `opened` moves the boundary, `kept` enforces it. */
      readonly kind: 'gate';
      readonly at: number;
      readonly session: string | null;
      readonly category: string;
      readonly outcome: 'opened' | 'kept';
      readonly by: string;
      readonly reason?: string;
      /** The decisions that had it closed, as far as they were remembered. */
      readonly because?: readonly string[];
    }
  | {
      /** What a person decided and no agent may undo. `field` null locks the whole entity. */
      readonly kind: 'lock';
      readonly at: number;
      readonly entity: string;
      readonly id: string;
      readonly field: string | null;
      readonly untilMs: number | null;
      readonly by: string;
      readonly reason?: string;
      /** The lock stands on every agent of the node. */
      readonly isOnEveryAgent?: true;
    }
  | {
      readonly kind: 'unlock';
      readonly at: number;
      readonly entity: string;
      readonly id: string;
      readonly field: string | null;
      readonly by: string;
      readonly reason?: string;
      readonly isOnEveryAgent?: true;
    };
