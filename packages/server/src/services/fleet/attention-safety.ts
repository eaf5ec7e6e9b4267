import type { AttentionItem } from './attention-item.ts';
import { DecisionIndexes } from './decision-indexes.ts';
import type { FleetReading } from './fleet-reading.ts';
import { BYPASS_SHOWN_MS } from './overview.ts';

const MOST_OF_A_KIND = 100;

/** Returns the halts in force, which a person resumes. */
export function haltItems({ guard }: FleetReading): readonly AttentionItem[] {
  const open = guard.halts().filter(({ resumedAt }) => resumedAt === null);
  return open.map(({ halt, agent, scope, target, reason, latchedAt, index, state }) => ({
    kind: 'halt',
    id: halt,
    severity: state === 'effective' ? 'high' : 'critical',
    agent,
    session: scope === 'session' ? target : null,
    at: latchedAt,
    dueAt: null,
    title: `the ${scope} is halted${state === 'effective' ? '' : ', not yet everywhere'}`,
    detail: reason,
    entries: index === null ? [] : [index],
    path: `/console/halts/${encodeURIComponent(halt)}`,
  }));
}

/** Returns what nobody may forget: reviews, what went around, and people who were not told. */
export async function safetyItems(
  reading: FleetReading,
  now: number,
): Promise<readonly AttentionItem[]> {
  return [
    ...(await reviewItems(reading)),
    ...glassItems(reading, now),
    ...bypassItems(reading, now),
    ...deadLetters(reading),
    ...lateWords(reading),
  ];
}

async function reviewItems(reading: FleetReading): Promise<readonly AttentionItem[]> {
  const { guard } = reading;
  const indexes = new DecisionIndexes(reading);
  const owed = guard.agents().filter(({ reviews }) => reviews > 0);
  const open = owed.flatMap(({ agent }) => {
    const all = guard.people.reviews(agent) ?? [];
    return all.flatMap((review) => (review.finding === null ? [{ ...review, agent }] : []));
  });
  return Promise.all(
    open.map(async ({ agent, id, at, because, actions }) => ({
      kind: 'review',
      id,
      severity: 'high',
      agent,
      session: null,
      at,
      dueAt: null,
      title: `its objective is to be reviewed after ${actions} actions`,
      detail: null,
      entries: await indexes.of(because),
      path: `/console/agents/${encodeURIComponent(agent)}/reviews`,
    })),
  );
}

function glassItems({ services }: FleetReading, now: number): readonly AttentionItem[] {
  const owed = services.breakGlass.list().filter(({ review }) => review === null);
  return owed.slice(0, MOST_OF_A_KIND).map(({ id, what, at, index, reviewByMs, reason }) => ({
    kind: 'break-glass-review',
    id,
    severity: reviewByMs <= now ? 'critical' : 'medium',
    agent: null,
    session: null,
    at,
    dueAt: reviewByMs,
    title:
      what === 'taken' ? 'emergency access is to be reviewed' : 'a recovered key is to be reviewed',
    detail: reason,
    entries: [index],
    path: '/console/settings/break-glass',
  }));
}

function bypassItems({ services }: FleetReading, now: number): readonly AttentionItem[] {
  const recent = services.bypasses.list().filter(({ at }) => at >= now - BYPASS_SHOWN_MS);
  return recent.slice(0, MOST_OF_A_KIND).map(({ id, what, agent, server, tool, at, index }) => ({
    kind: 'bypass',
    id,
    severity: what === 'call' || what === 'credential' || what === 'twice' ? 'critical' : 'high',
    agent,
    session: null,
    at,
    dueAt: null,
    title: `something goes around the gateway: ${what}`,
    detail: [server, tool].filter((each) => each !== null).join(', ') || null,
    entries: [index],
    path: agent === null ? '/console/' : `/console/agents/${encodeURIComponent(agent)}`,
  }));
}

function deadLetters({ services }: FleetReading): readonly AttentionItem[] {
  const dead = services.notices.messages({ state: 'dead', limit: MOST_OF_A_KIND });
  return dead.map(({ key, channel, title, at, entry, fault }) => ({
    kind: 'dead-letter',
    id: `${key} ${channel}`,
    severity: 'medium',
    agent: null,
    session: null,
    at,
    dueAt: null,
    title: `people were not told by \`${channel}\`${fault === null ? '' : `: ${fault}`}`,
    detail: title,
    entries: entry === null ? [] : [entry],
    path: '/console/settings/notifications',
  }));
}

function lateWords({ services }: FleetReading): readonly AttentionItem[] {
  const late = services.notices
    .incidents()
    .filter(({ isLate, keptAt }) => isLate && keptAt === null);
  return late.slice(0, MOST_OF_A_KIND).map(({ id, title, agent, dueAt, entry }) => ({
    kind: 'late-word',
    id,
    severity: 'high',
    agent,
    session: null,
    at: dueAt,
    dueAt,
    title: 'a word on an incident is late',
    detail: title,
    entries: entry === null ? [] : [entry],
    path: '/console/settings/notifications',
  }));
}
