import type { EntryKind } from './entry.ts';
import {
  isCount,
  isName,
  isOneOf,
  isText,
  isWhole,
  listOf,
  membersOf,
  orNull,
  type Shape,
} from './shape.ts';

const isPractised = membersOf({
  what: isText,
  state: isOneOf(['practised', 'checked', 'skipped', 'failed']),
  ms: orNull(isCount),
  why: orNull(isText),
});

const drillDone = membersOf({
  drill: isName,
  state: isOneOf(['passed', 'failed', 'interrupted']),
  why: orNull(isText),
  session: orNull(isName),
  halt: orNull(isName),
  times: orNull(membersOf({ latchedMs: isCount, effectiveMs: isCount, lastForwardMs: isCount })),
  forwarded: isCount,
  refused: isCount,
  practised: listOf(isPractised),
  holders: isCount,
  needed: isCount,
});

/** What the open part of each entry about drills must be. Source: spec/entries.md, "Drills". */
export const DRILL_SHAPES: readonly (readonly [EntryKind, Shape])[] = [
  ['drill_scheduled', membersOf({ everyMs: orNull(isCount), holders: orNull(isCount) })],
  [
    'drill_started',
    membersOf({
      drill: isName,
      cause: isOneOf(['asked', 'scheduled']),
      by: isText,
      boundMs: isCount,
    }),
  ],
  ['drill_done', drillDone],
  [
    'drill_alert',
    membersOf({
      what: isOneOf(['overdue', 'holders']),
      state: isOneOf(['raised', 'cleared']),
      dueAt: orNull(isWhole),
      holders: isCount,
      needed: isCount,
    }),
  ],
];
