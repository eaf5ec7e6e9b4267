import { isProbe } from '../../guard/probe.ts';
import type { DecisionRow } from '../../store/models.ts';
import type { AttentionItem } from './attention-item.ts';
import type { FleetReading } from './fleet-reading.ts';

const HOUR_MS = 3_600_000;
const MOST_LOOKED_AT = 1_000;
const MOST_ENTRIES = 10;

/** So many refusals of one tool in one session within an hour are repeated. */
const REPEATED = 5;

/** Returns sessions in which one tool was refused again and again, among the last refusals. */
export async function refusalItems(
  { models }: FleetReading,
  now: number,
): Promise<readonly AttentionItem[]> {
  const fromAt = now - HOUR_MS;
  const { rows } = await models.decisions({ verdict: 'deny', fromAt, limit: MOST_LOOKED_AT });
  const groups = new Map<string, DecisionRow[]>();
  for (const row of rows) {
    // What self-tests and drills ask for is refused on purpose.
    if (isProbe(row.agent)) continue;
    const key = JSON.stringify([row.agent, row.session, row.tool]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].filter(([, group]) => group.length >= REPEATED).flatMap(itemOf);
}

function itemOf([key, group]: readonly [string, readonly DecisionRow[]]): AttentionItem[] {
  const [last] = group;
  if (last === undefined) return [];
  const rules = [...new Set(group.flatMap((row) => row.rules))].slice(0, 5);
  return [
    {
      kind: 'refusals',
      id: key,
      severity: 'medium',
      agent: last.agent,
      session: last.session,
      at: last.at,
      dueAt: null,
      title: `${group.length} refusals of one tool in one session within an hour`,
      detail: `${last.tool ?? 'a tool no pact declares'}: ${rules.join(', ')}`,
      entries: group
        .slice(0, MOST_ENTRIES)
        .map(({ index }) => index)
        .reverse(),
      path: `/console/sessions/${encodeURIComponent(last.session)}`,
    },
  ];
}
