import type { WaitingRow } from '../../data/agent-people.ts';

/** Returns what waits for a person, in a few words. */
export function waitingWords({ kind, tool }: WaitingRow): string {
  switch (kind) {
    case 'action':
      return tool ?? 'a call';
    case 'pact':
      return 'a pact is to be published';
    case 'tool':
      return `the definition of ${tool ?? 'a tool'}`;
    case 'gate':
      return 'a gate is shut';
    case 'undo':
      return 'actions are to be taken back';
  }
}
