import type { AttentionRow } from '../../data/attention.ts';
import type { Tone } from '../../ui/marks.tsx';

type Kind = AttentionRow['kind'];

const WORDS: Readonly<Record<Kind, readonly [one: string, many: string]>> = {
  halt: ['halt', 'halts'],
  approval: ['approval', 'approvals'],
  gate: ['gate', 'gates'],
  pact: ['pact', 'pacts'],
  tool: ['quarantined tool', 'quarantined tools'],
  refusals: ['repeated refusal', 'repeated refusals'],
  review: ['review', 'reviews'],
  'break-glass-review': ['emergency access', 'emergency accesses'],
  bypass: ['ungoverned path', 'ungoverned paths'],
  'dead-letter': ['message not told', 'messages not told'],
  'late-word': ['late word', 'late words'],
  drill: ['drill', 'drills'],
  undo: ['undo', 'undos'],
  audit: ['audit', 'audits'],
};

/** Returns what so many rows of a kind are; of a kind to come, its own name. */
export function kindWord(kind: Kind, count: number): string {
  return WORDS[kind]?.[count === 1 ? 0 : 1] ?? kind;
}

/** How much each severity asks for. */
export const TONES: Readonly<Record<AttentionRow['severity'], Tone>> = {
  critical: 'danger',
  high: 'danger',
  medium: 'warn',
  low: 'plain',
};

/** Severities, the most pressing first. */
export const SEVERITIES: readonly AttentionRow['severity'][] = [
  'critical',
  'high',
  'medium',
  'low',
];

/** Returns the place in the console of what the daemon names by its whole path. */
export function placeOf({ path }: Pick<AttentionRow, 'path'>): string {
  const place = path.replace(/^\/console(?=\/)/, '');
  return place.startsWith('/') ? place : '/';
}
