import type { TraceRow } from '../../data/traces.ts';
import { AGENT_WORDS } from './agent-words.ts';
import type { EntryWords } from './saying.ts';
import { SESSION_WORDS } from './session-words.ts';

/** Returns what an entry is called where nothing says more of its kind. */
export function kindText(kind: string): string {
  const text = kind.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns in words what an entry says, as far as it is open. */
export function entryWords(
  { kind, open, secret, source }: TraceRow,
  toolOf: (decision: string) => string | null,
): EntryWords {
  const words = SESSION_WORDS[kind] ?? AGENT_WORDS[kind];
  if (words === undefined) return { title: kindText(kind), more: '' };
  return words({ open, secret, source, toolOf });
}
