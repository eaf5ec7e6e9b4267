import type { TraceRow } from '../../data/traces.ts';

/** How trust is called for people: the word stands beside every colour. */
export const TRUST_WORDS: Readonly<Record<string, string>> = {
  principal: 'the principal’s word',
  session: 'attested with the session',
  trusted: 'trusted',
  untrusted: 'not trusted',
  mixed: 'trusted in part',
  agent: 'the agent’s own',
  unknown: 'not known',
};

/** Whose word a row brought into the session, as the style of its rail; null: nobody's. */
export function trustOf({ source }: TraceRow): string | null {
  return source?.trust ?? null;
}
