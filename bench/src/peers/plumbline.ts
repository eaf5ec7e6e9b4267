import { apply, type CompiledPact, decide, type State } from '@plumbline/core';

import { armed, open } from '../drive.ts';
import type { Peer, RuleBook } from './peer.ts';

/** `decide` alone, on the same rules, without a fold: what the peers do. */
export function plumblineAlone(pactFor: (book: RuleBook) => CompiledPact): Peer {
  return {
    name: 'Plumbline, `decide` alone',
    prepare: (book) => {
      const pact = pactFor(book);
      let state: State = armed(pact);
      return ({ session, turn }) => {
        state = open(pact, state, session);
        const { action } = turn;
        const now = state.now + 1_000;
        const proposal = { action, facts: [], now };
        return () => decide(pact, state, proposal).verdict.kind === 'allow';
      };
    },
  };
}

/** `decide` and the fold of its decision and of an empty outcome, on the same rules. */
export function plumblineTurn(pactFor: (book: RuleBook) => CompiledPact): Peer {
  return {
    name: 'Plumbline, `decide` and both folds',
    prepare: (book) => {
      const pact = pactFor(book);
      let state: State = armed(pact);
      return ({ session, turn }) => {
        state = open(pact, state, session);
        const { action } = turn;
        const { id, session: name, tool, args } = action;
        return () => {
          const at = state.now + 1;
          const decision = decide(pact, state, { action, facts: [], now: at });
          state = apply(pact, state, { kind: 'decided', at, id, action, facts: [], decision });
          const outcome = { kind: 'outcome', at, decision: id, session: name, tool, args } as const;
          state = apply(pact, state, { ...outcome, status: 'ok', result: null, records: null });
          return decision.verdict.kind === 'allow';
        };
      };
    },
  };
}
