import type { Entry } from '@plumbline/core';

import { plainName } from './notice.ts';
import { facts, type Told } from './told.ts';

/** Returns what is told when somebody asks to take back what an agent did. */
export function undoAsked({ agent, open }: Entry): Told {
  const { undo, actions, by } = open;
  const of = `actions of agent \`${agent ?? '?'}\``;
  return {
    event: 'undo-asked',
    severity: 'medium',
    phase: 'opens',
    about: ['undo', plainName(undo)],
    title: `${of} are to be taken back: approve or deny (${plainName(actions)})`,
    facts: facts({ agent, undo, actions, by }),
  };
}

/** Returns what is told of another person's word on it. */
export function undoVoted({ agent, open }: Entry): Told {
  const { undo, outcome, by } = open;
  const word = outcome === 'approve' ? 'approved' : 'denied';
  return {
    event: 'undo-decided',
    severity: 'low',
    phase: 'closes',
    about: ['undo', plainName(undo)],
    title: `taking back actions of agent \`${agent ?? '?'}\` was ${word}`,
    facts: facts({ agent, undo, outcome, by }),
  };
}

/** Returns what is told of an action of which nobody knows whether it happened; else null. */
export function undoStep({ agent, open }: Entry): Told | null {
  const { undo, n, state, decision } = open;
  if (state !== 'unknown') return null;
  return {
    event: 'undo-unknown',
    severity: 'high',
    phase: 'tells',
    about: ['undo', plainName(undo)],
    title: `nobody knows whether an action of agent \`${agent ?? '?'}\` was taken back: settle it`,
    facts: facts({ agent, undo, n, decision }),
  };
}
