import type { RecordedEvent } from '@plumbline/core';

import { LedgerStopped } from '../ledger/sequencer.ts';
import type { Desk } from './desk.ts';
import { type Found, recordNote } from './turn.ts';

/**
 * Raises an alert when an action that takes authority is refused in a session in which content
 * claimed some. Call it in the turn of the decision. It changes no verdict.
 */
export function alertOnClaim(
  desk: Desk,
  { live, session }: Found,
  { id, decision }: Extract<RecordedEvent, { readonly kind: 'decided' }>,
): void {
  const claims = live.people.claims.get(session.id) ?? 0;
  if (claims === 0 || decision.verdict.kind !== 'deny') return;
  const refused = decision.because.find(({ stage, kind, observed }) => {
    return stage === 'authority' && kind === 'deny' && observed !== true;
  });
  if (refused === undefined) return;
  const open = { what: 'authority_claimed', decision: id, rule: refused.rule, claims };
  try {
    recordNote(desk, live, { kind: 'alert', open, session });
  } catch (error) {
    if (!(error instanceof LedgerStopped)) throw error;
  }
}
