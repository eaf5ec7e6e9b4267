import { approvalItems } from './attention-approvals.ts';
import { practiceItems } from './attention-practice.ts';
import { haltItems, safetyItems } from './attention-safety.ts';
import { type AttentionItem, type AttentionKind, PRESSING } from './attention-item.ts';
import { refusalItems } from './attention-refusals.ts';
import { type FleetReading, type Seen, sees } from './fleet-reading.ts';

/** What waits for people, the most pressing first. */
export type Attention = {
  readonly at: number;
  readonly rows: readonly AttentionItem[];
  /** How many there are of each kind, also of those that are not shown. */
  readonly counts: Readonly<Partial<Record<AttentionKind, number>>>;
  readonly isComplete: boolean;
};

const MOST_SHOWN = 500;

/** Returns everything that waits for a person, of what may be seen. */
export async function attentionOf(reading: FleetReading, seen: Seen): Promise<Attention> {
  const at = reading.clock();
  const found = [
    ...haltItems(reading),
    ...(await approvalItems(reading)),
    ...(await refusalItems(reading, at)),
    ...(await safetyItems(reading, at)),
    ...(await practiceItems(reading)),
  ].filter(({ agent }) => sees(seen, agent));
  const counts: Partial<Record<AttentionKind, number>> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  const rows = found.sort(byPressing).slice(0, MOST_SHOWN);
  return { at, rows, counts, isComplete: found.length <= MOST_SHOWN };
}

function byPressing(one: AttentionItem, other: AttentionItem): number {
  const rank = ({ severity }: AttentionItem): number => PRESSING.indexOf(severity);
  const due = ({ dueAt }: AttentionItem): number => dueAt ?? Number.MAX_SAFE_INTEGER;
  return rank(one) - rank(other) || due(one) - due(other) || (other.at ?? 0) - (one.at ?? 0);
}
