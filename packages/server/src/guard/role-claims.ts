import {
  findRoleClaims,
  isJsonObject,
  type Json,
  type RecordedEvent,
  ROLE_CLAIM,
} from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Beside } from './told.ts';
import { latchOrOwe, momentOf, noteIfTaken } from './turn.ts';
import type { LiveAgent, LiveSession } from './live-agent.ts';

/**
 * Raises an alert when an action that takes authority is refused in a session in which content
 * claimed some. Call it in the turn of the decision. It changes no verdict.
 */
export function alertOnClaim(
  desk: Desk,
  { live, session }: { readonly live: LiveAgent; readonly session: LiveSession },
  { id, decision }: Extract<RecordedEvent, { readonly kind: 'decided' }>,
): void {
  const claims = live.people.claims.get(session.id) ?? 0;
  if (claims === 0 || decision.verdict.kind !== 'deny') return;
  const refused = decision.because.find(({ stage, kind, observed }) => {
    return stage === 'authority' && kind === 'deny' && observed !== true;
  });
  if (refused === undefined) return;
  const open = { what: 'authority_claimed', decision: id, rule: refused.rule, claims };
  noteIfTaken(desk, live, { kind: 'alert', open, session });
}

const MOST_CHARS = 65_536;
const MOST_FINDINGS = 16;

/**
 * Takes down that a message or a result claims authority, at most 16 times in a session. Call it in
 * the turn that recorded the text; a session the pact halts for it is halted when this returns.
 * Returns when the finding is durable, or null where nothing was found.
 */
export function noteRoleClaim(
  desk: Desk,
  live: LiveAgent,
  {
    session,
    content,
  }: { readonly session: NonNullable<Beside['session']>; readonly content: Json },
): Promise<void> | null {
  const { id } = session;
  if ((live.people.claims.get(id) ?? 0) >= MOST_FINDINGS) return null;
  if (findRoleClaims(textOf(content)).length === 0) return null;
  const event = {
    kind: 'finding',
    at: momentOf(desk, live),
    session: id,
    name: ROLE_CLAIM,
  } as const;
  return latchOrOwe(desk, live, { event, session });
}

/** Returns the texts of a result, one below the other, up to what is looked at. */
function textOf(content: Json): string {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  let chars = 0;
  const stack: Json[] = [content];
  for (let value = stack.pop(); value !== undefined && chars < MOST_CHARS; value = stack.pop()) {
    if (typeof value === 'string') {
      texts.push(value);
      chars += value.length;
    } else if (Array.isArray(value)) stack.push(...value.toReversed());
    else if (isJsonObject(value)) stack.push(...Object.values(value).reverse());
  }
  return texts.join('\n');
}
