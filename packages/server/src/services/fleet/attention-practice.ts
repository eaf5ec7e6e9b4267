import type { AttentionItem } from './attention-item.ts';
import type { FleetReading } from './fleet-reading.ts';

/** Returns what people have to practise or to judge: overdue drills, and drawn sessions. */
export async function practiceItems(reading: FleetReading): Promise<readonly AttentionItem[]> {
  return [...(await drillItems(reading)), ...(await auditItems(reading))];
}

async function drillItems({ services }: FleetReading): Promise<readonly AttentionItem[]> {
  const wanting = (await services.drills.list()).filter(({ isOverdue, missing, rule }) => {
    return rule !== null && (isOverdue || missing > 0);
  });
  return wanting.map(({ agent, isOverdue, lastPassedAt, dueAt, missing }) => ({
    kind: 'drill',
    id: agent,
    severity: 'medium',
    agent,
    session: null,
    at: lastPassedAt,
    dueAt,
    title: isOverdue
      ? 'a drill of its halt is overdue'
      : `${missing} more people have to be able to halt it`,
    detail: null,
    entries: [],
    path: '/console/drills',
  }));
}

async function auditItems({ services }: FleetReading): Promise<readonly AttentionItem[]> {
  const drawn = (await services.audits.list(null)).filter((audit) => {
    return audit.state === 'drawn' && audit.judged + audit.erased < audit.drawn;
  });
  return drawn.map(({ audit, agent, endedAt, drawn: all, judged, erased }) => ({
    kind: 'audit',
    id: audit,
    severity: 'low',
    agent,
    session: null,
    at: endedAt,
    dueAt: null,
    title: `${all - judged - erased} drawn sessions wait to be judged`,
    detail: null,
    entries: [],
    path: `/console/agents/${encodeURIComponent(agent)}`,
  }));
}
