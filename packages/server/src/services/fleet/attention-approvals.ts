import { ownerOf } from '../../guard/undo-agent.ts';
import type { ApprovalRow } from '../approval-rows.ts';
import type { AttentionItem } from './attention-item.ts';
import { DecisionIndexes } from './decision-indexes.ts';
import type { FleetReading } from './fleet-reading.ts';

const MOST_OF_A_FLEET = 1_000;

/** Returns what waits for people's word: actions, gates, pacts and definitions of tools. */
export async function approvalItems(reading: FleetReading): Promise<readonly AttentionItem[]> {
  const waiting = reading.services.approvals.list({ state: 'pending', limit: MOST_OF_A_FLEET });
  const indexes = new DecisionIndexes(reading);
  return Promise.all(waiting.map((row) => itemOf(reading, row, indexes)));
}

async function itemOf(
  reading: FleetReading,
  row: ApprovalRow,
  indexes: DecisionIndexes,
): Promise<AttentionItem> {
  const { session, id } = row;
  const agent = ownerOf(row.agent);
  const of = { id, agent, session };
  const inAgent = `/console/agents/${encodeURIComponent(agent)}`;
  switch (row.kind) {
    case 'action':
      return {
        ...of,
        kind: 'approval',
        severity: 'high',
        at: row.askedAt,
        dueAt: row.expiresAtMs,
        title: 'an action waits for approval',
        detail: row.tool,
        entries: await indexes.of([row.decision]),
        path: `/console/approvals/${encodeURIComponent(id)}`,
      };
    case 'gate':
      return { ...of, ...(await gateOf(reading, row, indexes)), path: `${inAgent}/gates` };
    case 'pact':
      return {
        ...of,
        kind: 'pact',
        severity: 'medium',
        at: row.askedAt,
        dueAt: null,
        title: 'a pact waits for the second person',
        detail: row.reason,
        entries: await pactEntries(reading, agent, id),
        path: `${inAgent}/pact`,
      };
    case 'undo':
      return {
        ...of,
        kind: 'approval',
        severity: 'high',
        at: row.askedAt,
        dueAt: row.expiresAtMs,
        title: 'what is to be taken back waits for another person',
        detail: row.reason,
        entries: reading.services.undos.find(id)?.entries ?? [],
        path: `/console/undos/${encodeURIComponent(id)}`,
      };
    case 'tool':
      return {
        ...of,
        kind: 'tool',
        severity: 'high',
        at: row.askedAt,
        dueAt: null,
        title: `a tool is quarantined: ${row.reason}`,
        detail: row.tool,
        entries: await toolEntries(reading, agent, id),
        path: `${inAgent}/tools`,
      };
  }
}

type Gate = Extract<ApprovalRow, { readonly kind: 'gate' }>;

async function gateOf(
  { guard }: FleetReading,
  { agent, session, category }: Gate,
  indexes: DecisionIndexes,
): Promise<Omit<AttentionItem, 'id' | 'agent' | 'session' | 'path'>> {
  const found = guard.people.closedGates(agent)?.find((gate) => {
    return gate.category === category && gate.session === session;
  });
  return {
    kind: 'gate',
    severity: 'medium',
    at: found?.since ?? null,
    dueAt: null,
    title: 'a gate is shut after violations',
    detail: category,
    entries: await indexes.of(found?.because ?? []),
  };
}

async function pactEntries(
  { services }: FleetReading,
  agent: string,
  digest: string,
): Promise<readonly number[]> {
  const listed = await services.pacts.list(agent);
  if (!listed.ok) return [];
  return listed.value.filter((row) => row.digest === digest).map(({ index }) => index);
}

async function toolEntries(
  { services }: FleetReading,
  agent: string,
  definition: string,
): Promise<readonly number[]> {
  const listed = await services.tools.list(agent);
  if (!listed.ok) return [];
  return listed.value.filter((row) => row.definition === definition).map(({ index }) => index);
}
