import assert from 'node:assert/strict';

import type { Voter } from '@plumbline/core';

import type { Ballot, Counted, FoundAsk } from '../src/guard/ask-types.ts';
import type { Outcome } from '../src/guard/guard.ts';
import type { GuardScene } from './guard-scene.ts';

/** A person of the group `lead`, whom the pact of most tests lets approve. */
export const LENA: Voter = {
  id: 'lena@example.com',
  email: 'lena@example.com',
  groups: ['lead'],
  names: ['Lena'],
};

/** Another one. */
export const OMAR: Voter = {
  id: 'omar@example.com',
  email: 'omar@example.com',
  groups: ['lead'],
  names: [],
};

/** A person nobody lets approve. */
export const EVE: Voter = {
  id: 'eve@example.com',
  email: 'eve@example.com',
  groups: [],
  names: [],
};

/** What several mails take the approval of. */
export const MAILS = { copies: 3, body: 'hello' } as const;

/** Votes in a scene; what is not given has a default: Lena approves with her key. */
export function vote(
  { guard }: Pick<GuardScene, 'guard'>,
  ask: string,
  rest: Partial<Ballot> = {},
): Promise<Outcome<Counted>> {
  return guard.asks.vote({
    ask,
    voter: LENA,
    barred: [],
    givers: [],
    outcome: 'approve',
    reason: 'she asked for it',
    by: 'key-lena',
    mechanism: 'key',
    ...rest,
  });
}

/** Returns the ask of an id, which must be there. */
export function askOf({ guard }: Pick<GuardScene, 'guard'>, id: string): FoundAsk['ask'] {
  const found = guard.asks.find(id);
  assert.ok(found !== undefined, `no ask ${id}`);
  return found.ask;
}
