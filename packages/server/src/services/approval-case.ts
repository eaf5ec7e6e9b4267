import {
  type ArgumentSource,
  type AskCase,
  isJsonObject,
  type Json,
  type JsonObject,
  type Usual,
} from '@plumbline/core';

import type { AskedAction, FoundAsk } from '../guard/ask-types.ts';
import { type ActionApproval, rowOfAsk } from './approval-rows.ts';
import type { OpenedDecision } from './services.ts';

/** One vote as other approvers see it. */
export type ShownVote = {
  readonly at: number;
  readonly outcome: string;
  readonly person: string;
  /** In whose seats, where they are not the person's own. */
  readonly inSeatOf: readonly string[];
  readonly rules: readonly string[];
  readonly reason: string;
  readonly mechanism: string;
};

/** One rule that asks, in its own words. */
export type AskingRule = { readonly stage: string; readonly rule: string; readonly say: string };

/**
 * An ask, opened for who decides on it. `gathered` is what the product knows; `agentSays` is what
 * stands on the agent's word alone, apart from it. Both are null once nobody can tell any more.
 */
export type ShownCase = ActionApproval & {
  readonly sealed: 'opened' | 'erased' | 'missing';
  readonly principal: string | null;
  /** The request id under which the action has to come again. */
  readonly request: string;
  readonly action: { readonly tool: string; readonly args: JsonObject } | null;
  readonly why: readonly AskingRule[];
  readonly gathered: AskCase | null;
  readonly agentSays: {
    readonly note: string;
    readonly arguments: readonly ArgumentSource[];
  } | null;
  /** How it differs from the last actions of the same tool; null where nobody can tell. */
  readonly usual: Usual | null;
  /** What waits for the very same action of the same agent, by id. */
  readonly equal: readonly string[];
  readonly cast: readonly ShownVote[];
};

const AGENT_NOTE =
  'these values stand on the word of the agent alone: nobody and nothing else said them';

/** Returns what the decision of an ask was about, or null where it cannot be opened. */
export function askedAction(opened: OpenedDecision): AskedAction | null {
  const { action, facts, session } = opened;
  if (!isJsonObject(action)) return null;
  const asked: object = { action: { ...action, session }, facts: facts ?? [] };
  // What is sealed of a decision has the shape of its kind, and the compiler sees JSON.
  return asked as AskedAction;
}

/** Returns an ask for who decides on it. */
export function shownCase(
  found: FoundAsk,
  opened: OpenedDecision,
  { gathered, usual, equal }: Pick<ShownCase, 'gathered' | 'usual' | 'equal'>,
): ShownCase {
  const asked = askedAction(opened);
  const own = gathered?.arguments.filter(({ standing }) => standing === 'agent') ?? [];
  const others = gathered?.arguments.filter(({ standing }) => standing !== 'agent') ?? [];
  return {
    ...rowOfAsk(found),
    sealed: opened.sealed,
    principal: found.principal,
    request: found.ask.request,
    action: asked === null ? null : { tool: asked.action.tool, args: asked.action.args },
    why: asking(opened.full),
    gathered: gathered === null ? null : { ...gathered, arguments: others },
    agentSays: gathered === null ? null : { note: AGENT_NOTE, arguments: own },
    usual,
    equal,
    cast: found.ask.votes.map(({ at, outcome, person, reason, mechanism, seats }) => {
      const whose = seats.map((seat) => seat.person).filter((seat) => seat !== person);
      const rules = [...new Set(seats.map(({ rule }) => rule))];
      return { at, outcome, person, inSeatOf: [...new Set(whose)], rules, reason, mechanism };
    }),
  };
}

function asking(full: Json): readonly AskingRule[] {
  const because = isJsonObject(full) && Array.isArray(full['because']) ? full['because'] : [];
  return because.flatMap((finding: Json) => {
    if (!isJsonObject(finding) || finding['kind'] !== 'step_up') return [];
    if (finding['observed'] === true) return [];
    const { stage, rule, say } = finding;
    return [{ stage: textOf(stage), rule: textOf(rule), say: textOf(say) }];
  });
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
