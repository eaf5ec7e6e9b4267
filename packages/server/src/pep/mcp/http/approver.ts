import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Caller } from '../../../routes/caller.ts';

/** What a person is asked to approve, whole. */
export type ApprovalCase = {
  readonly agent: string;
  readonly principal: string | null;
  readonly action: { readonly tool: string; readonly args: JsonObject } | null;
  readonly why: readonly { readonly rule: string; readonly say: string }[];
};

type Said<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly message: string } };

/**
 * Who may be asked for approvals at a client.
 *
 * Contract:
 * - `recognise` returns the person a token stands for, or null.
 * - `ask` returns what to show to whom may vote on it by that token alone, once that it is shown is
 *   recorded; `vote` checks the same again.
 */
export type ApproverDesk = {
  readonly recognise: (token: string) => Promise<Caller | null>;
  readonly ask: (approval: string, by: Caller) => Promise<Said<ApprovalCase>>;
  readonly vote: (
    vote: {
      readonly approval: string;
      readonly outcome: 'approve' | 'deny';
      readonly reason: string;
    },
    by: Caller,
  ) => Promise<Said<unknown>>;
};

// What cannot be shown whole to a person is not asked here.
const MOST_CHARS = 4_000;

/** Returns the parameters of an elicitation for an approval; null for what is too long. */
export function approvalForm({ agent, principal, action, why }: ApprovalCase): JsonObject | null {
  if (action === null) return null;
  const args = visible(JSON.stringify(action.args, undefined, 2));
  const reasons = why.map(({ rule, say }) => `- ${say === '' ? rule : say}`).join('\n');
  const whose = principal === null ? '' : ` for ${principal}`;
  const asked = `Approve this action of the agent ${agent}${whose}?`;
  const message = [asked, `${action.tool}\n${args}`, reasons].join('\n\n');
  if (message.length > MOST_CHARS) return null;
  const requestedSchema = {
    type: 'object',
    properties: {
      approve: { type: 'boolean', title: 'Approve exactly this action, once' },
      reason: { type: 'string', title: 'Why', maxLength: 500 },
    },
    required: ['approve'],
  };
  return { mode: 'form', message, requestedSchema };
}

// What nobody sees, or what turns the order in which the rest is seen, is shown by its number.
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

function visible(json: string): string {
  return json.replaceAll(UNSEEN, (char) => {
    const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** Returns the vote in what a client answered; null where it is none. */
export function voteIn(
  answer: Json,
): { readonly outcome: 'approve' | 'deny'; readonly reason: string } | null {
  const { action, content }: JsonObject = isJsonObject(answer) ? answer : {};
  const { approve, reason }: JsonObject = isJsonObject(content ?? null) ? Object(content) : {};
  const why = typeof reason === 'string' ? reason.trim().slice(0, 500) : '';
  const said = why === '' ? 'answered at the client of the agent' : why;
  if (action === 'decline') return { outcome: 'deny', reason: said };
  if (action !== 'accept' || typeof approve !== 'boolean') return null;
  return { outcome: approve ? 'approve' : 'deny', reason: said };
}
