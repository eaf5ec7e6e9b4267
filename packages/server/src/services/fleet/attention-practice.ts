import type { AttentionItem } from './attention-item.ts';
import type { FleetReading } from './fleet-reading.ts';

const MOST_UNDOS = 100;

/** Returns what people owe: overdue drills, undos that stand still, and drawn sessions. */
export async function practiceItems(reading: FleetReading): Promise<readonly AttentionItem[]> {
  return [...(await drillItems(reading)), ...undoItems(reading), ...(await auditItems(reading))];
}

async function drillItems({ services }: FleetReading): Promise<readonly AttentionItem[]> {
  const wanting = (await services.drills.list()).filter(({ isOverdue, missing, rule }) => {
    return rule !== null && (isOverdue || missing > 0);
  });
  return wanting.map(({ agent, isOverdue, lastPassedAt, dueAt, missing, entries }) => ({
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
    entries,
    path: '/console/drills',
  }));
}

function undoItems({ services }: FleetReading): readonly AttentionItem[] {
  const open = services.undos.list(null).filter(({ state }) => {
    return state === 'approved' || state === 'stopped';
  });
  return open
    .slice(0, MOST_UNDOS)
    .map(({ undo, agent, state, reason, askedAt, vote, entries }) => ({
      kind: 'undo',
      id: undo,
      severity: state === 'stopped' ? 'high' : 'medium',
      agent,
      session: null,
      at: vote?.at ?? askedAt,
      dueAt: null,
      title:
        state === 'stopped'
          ? 'taking back stopped before it was done'
          : 'what was approved to be taken back is not begun',
      detail: reason,
      entries,
      path: `/console/undos/${encodeURIComponent(undo)}`,
    }));
}

async function auditItems({ services }: FleetReading): Promise<readonly AttentionItem[]> {
  const drawn = (await services.audits.list(null)).filter((audit) => {
    return audit.state === 'drawn' && audit.judged + audit.erased < audit.drawn;
  });
  return drawn.map(({ audit, agent, endedAt, drawn: all, judged, erased, entries }) => ({
    kind: 'audit',
    id: audit,
    severity: 'low',
    agent,
    session: null,
    at: endedAt,
    dueAt: null,
    title: waitingText(all - judged - erased),
    detail: null,
    entries,
    path: `/console/audits?agent=${encodeURIComponent(agent)}`,
  }));
}

function waitingText(count: number): string {
  return count === 1
    ? 'one drawn session waits to be judged'
    : `${count} drawn sessions wait to be judged`;
}
