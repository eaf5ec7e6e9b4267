import type { EntryKind } from './entry.ts';
import {
  isCount,
  isDigest,
  isName,
  isOneOf,
  isText,
  isWhole,
  membersOf,
  orNull,
  type Shape,
} from './shape.ts';

const STATES = ['began', 'done', 'failed', 'refused', 'waiting', 'unknown'] as const;
const isBoolean = isOneOf([true, false]);

/** What the open part of entries about undoing must be. Source: spec/entries.md, "Kinds". */
export const UNDO_SHAPES: readonly (readonly [EntryKind, Shape])[] = [
  [
    'undo_planned',
    membersOf({ undo: isName, n: isCount, decision: isName, tool: isText, action: isDigest }),
  ],
  [
    'undo_asked',
    membersOf({
      undo: isName,
      digest: isDigest,
      pact: isDigest,
      actions: isCount,
      goOn: isBoolean,
      reason: isText,
      by: isText,
      person: orNull(isText),
      untilMs: isWhole,
    }),
  ],
  [
    'undo_voted',
    membersOf({
      undo: isName,
      digest: isDigest,
      outcome: isOneOf(['approve', 'deny']),
      reason: isText,
      by: isText,
      person: isText,
      mechanism: isText,
      factor: orNull(isText),
    }),
  ],
  ['undo_run', membersOf({ undo: isName, again: isBoolean, by: isText })],
  [
    'undo_step',
    membersOf({
      undo: isName,
      n: isCount,
      state: isOneOf(STATES),
      decision: orNull(isName),
      why: orNull(isText),
      by: orNull(isText),
    }),
  ],
  ['undo_ended', membersOf({ undo: isName, reason: isText, by: isText })],
];
