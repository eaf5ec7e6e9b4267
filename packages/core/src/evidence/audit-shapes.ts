import { STRATA } from '../audit/interaction.ts';
import type { EntryKind } from './entry.ts';
import {
  isCount,
  isDigest,
  isName,
  isOneOf,
  isText,
  isWhole,
  listOf,
  membersOf,
  orNull,
  type Shape,
} from './shape.ts';

const isPercent: Shape = (value) => {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100;
};

/** The open parts of entries about audits. Source: spec/audits.md. */
export const AUDIT_SHAPES: readonly (readonly [EntryKind, Shape])[] = [
  ['reported', membersOf({ resolved: isOneOf([true, false]) })],
  [
    'audit_begun',
    membersOf({
      audit: isName,
      commitment: isDigest,
      rate: isPercent,
      raised: isPercent,
      tooGood: isPercent,
      dueAt: orNull(isWhole),
      after: orNull(membersOf({ audit: isName, raise: orNull(isText) })),
      by: isText,
    }),
  ],
  [
    'audit_drawn',
    membersOf({
      audit: isName,
      seed: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
      population: membersOf({ digest: isDigest, count: isCount, leftOut: isCount }),
      percent: isPercent,
      raised: orNull(isOneOf(['stated', 'too-good'])),
      strata: listOf(membersOf({ stratum: isOneOf(STRATA), count: isCount, drawn: isCount })),
      sample: listOf(isName),
    }),
  ],
  [
    'audit_judged',
    membersOf({
      audit: isName,
      item: isName,
      session: isName,
      resolved: isOneOf(['yes', 'no', 'unsure']),
      claims: membersOf({ right: isCount, wrong: isCount, unsure: isCount }),
      labels: listOf(membersOf({ decision: isName, label: isText })),
      by: isText,
      person: isName,
    }),
  ],
];
