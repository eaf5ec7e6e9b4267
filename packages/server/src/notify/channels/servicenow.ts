import type { JsonObject } from '@plumbline/core';

import type { ServiceNowConfig, Severity } from '../../config/notify.ts';
import type { Channel, ForeignVotes, Message, Sent } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import type { Failed } from '../http-sent.ts';
import type { Notice } from '../notice.ts';
import { atMost, linesOf } from '../plain-text.ts';
import { makeTableApi, type TableApi, type TableCall } from './servicenow-api.ts';

// Impact and urgency; the instance makes a priority of them.
const PRESSING: Readonly<Record<Severity, readonly [impact: string, urgency: string]>> = {
  critical: ['1', '1'],
  high: ['2', '1'],
  medium: ['2', '2'],
  low: ['3', '3'],
};
const RESOLVED = '6';
const SHORT = 160;
const LONG = 4_000;
const NOTE = 4_000;
const MOST_VOTES = 100;

type Table = 'incident' | 'change_request';
type Attempt = { readonly message: Message; readonly signal: AbortSignal; readonly api: TableApi };

/**
 * Returns a channel that keeps one record of a ServiceNow instance for each thread: an incident,
 * or a change request for an approval. The thread is the record's `correlation_id`, by which it is
 * looked for before one is made; what goes on is a work note, looked for by its key before it is
 * written again. Source: ServiceNow, Table API.
 */
export function serviceNowChannel(
  name: string,
  config: ServiceNowConfig,
  needs: ChannelNeeds,
): Channel {
  const api = makeTableApi(config, needs);
  const channel: Channel = {
    name,
    kind: 'servicenow',
    send: (message, signal) => send(config, { message, signal, api }),
  };
  if (!config.approvals) return channel;
  return { ...channel, votes: (reference, now) => votesOf(api, reference, now) };
}

async function send(config: ServiceNowConfig, attempt: Attempt): Promise<Sent> {
  const { message, api } = attempt;
  const { notice, reference, key } = message;
  const table = tableOf(config, notice);
  const named = reference === null ? null : sysIdIn(reference);
  const found = named === null ? await lookUp(table, attempt) : { id: named, isMade: false };
  if ('sent' in found) return found.sent;
  if (found.id === null) {
    const body = recordOf(config, message, table);
    const made = await api(callOf(attempt, { method: 'POST', path: table, body }));
    if (!made.ok) return made.sent;
    return { kind: 'delivered', reference: referenceOf(table, made.rows[0]?.['sys_id']) };
  }
  // An answer that was lost left a record, or a note on one, which has the key of this message.
  const isDone = found.isMade || (message.attempt > 1 && (await isNoted(found.id, attempt)));
  if (!isDone) {
    const path = `${table}/${found.id}`;
    const body = changeOf(config, { key, notice }, table);
    const patched = await api(callOf(attempt, { method: 'PATCH', path, body }));
    if (!patched.ok) return patched.sent;
  }
  return { kind: 'delivered', reference: referenceOf(table, found.id) };
}

function tableOf({ approvals }: ServiceNowConfig, { approval }: Notice): Table {
  return approvals && approval !== null ? 'change_request' : 'incident';
}

function callOf(
  { message: { now }, signal }: Attempt,
  call: Pick<TableCall, 'method' | 'path' | 'body'>,
): TableCall {
  return { ...call, now, signal };
}

// Resolved, closed and cancelled: what begins anew is another incident.
const OVER = '^stateNOT IN6,7,8';

type Found = { readonly id: string | null; readonly isMade: boolean } | { readonly sent: Failed };

/** Returns the record of a thread, and whether it is the one this message asks for. */
async function lookUp(table: Table, attempt: Attempt): Promise<Found> {
  const { key, notice } = attempt.message;
  const query = new URLSearchParams({
    sysparm_query: `correlation_id=${notice.thread}${table === 'incident' ? OVER : ''}`,
    sysparm_fields: 'sys_id,description',
    sysparm_limit: '1',
  });
  const path = `${table}?${query.toString()}`;
  const found = await attempt.api(callOf(attempt, { method: 'GET', path }));
  if (!found.ok) return { sent: found.sent };
  const { sys_id: id, description } = found.rows[0] ?? {};
  if (typeof id !== 'string' || !SYS_ID.test(id)) return { id: null, isMade: false };
  return { id, isMade: typeof description === 'string' && description.includes(key) };
}

/** Whether the record has a work note of this message; one that cannot be looked for has none. */
async function isNoted(id: string, attempt: Attempt): Promise<boolean> {
  const query = new URLSearchParams({
    sysparm_query: `element_id=${id}^valueLIKE${attempt.message.key}`,
    sysparm_fields: 'sys_id',
    sysparm_limit: '1',
  });
  const path = `sys_journal_field?${query.toString()}`;
  const found = await attempt.api(callOf(attempt, { method: 'GET', path }));
  return found.ok && found.rows.length > 0;
}

function recordOf(config: ServiceNowConfig, { key, notice }: Message, table: Table): JsonObject {
  const [impact, urgency] = PRESSING[notice.severity];
  const { assignmentGroup: group } = config;
  return {
    short_description: atMost(notice.title, SHORT),
    description: atMost([`key: ${key}`, notice.title, '', ...linesOf(notice)].join('\n'), LONG),
    impact,
    urgency,
    correlation_id: notice.thread,
    correlation_display: 'Plumbline',
    ...(group === null ? {} : { assignment_group: group }),
    ...(table === 'change_request' ? { type: 'normal', approval: 'requested' } : {}),
  };
}

function changeOf(
  config: ServiceNowConfig,
  { key, notice }: Pick<Message, 'key' | 'notice'>,
  table: Table,
): JsonObject {
  const lines = [`key: ${key}`, notice.title, ...linesOf(notice)];
  const work = { work_notes: atMost(lines.join('\n'), NOTE) };
  if (notice.phase !== 'closes' || table === 'change_request') return work;
  const close_notes = atMost(notice.title, NOTE);
  return { ...work, state: RESOLVED, close_code: config.closeCode, close_notes };
}

const SYS_ID = /^[0-9a-f]{32}$/;

function referenceOf(table: Table, id: unknown): string | null {
  return typeof id === 'string' && SYS_ID.test(id) ? `${table}:${id}` : null;
}

function sysIdIn(reference: string): string | null {
  const id = reference.slice(reference.indexOf(':') + 1);
  return SYS_ID.test(id) ? id : null;
}

const OUTCOMES: ReadonlyMap<unknown, 'approve' | 'deny'> = new Map([
  ['approved', 'approve'],
  ['rejected', 'deny'],
]);

/** What the approvers of a change request said, under the addresses they have there. */
async function votesOf(api: TableApi, reference: string, now: number): Promise<ForeignVotes> {
  const id = sysIdIn(reference);
  if (id === null || !reference.startsWith('change_request:')) return { ok: true, votes: [] };
  const query = new URLSearchParams({
    sysparm_query: `sysapproval=${id}^stateINapproved,rejected`,
    sysparm_fields: 'sys_id,state,approver.email',
    sysparm_limit: `${MOST_VOTES}`,
  });
  const found = await api({ method: 'GET', path: `sysapproval_approver?${query.toString()}`, now });
  if (!found.ok) {
    return { ok: false, fault: found.sent.fault };
  }
  const votes = found.rows.flatMap((row) => {
    const { sys_id: vote, state, 'approver.email': person } = row;
    const outcome = OUTCOMES.get(state);
    const isWhole = typeof vote === 'string' && typeof person === 'string' && person !== '';
    return isWhole && outcome !== undefined ? [{ id: vote, person, outcome }] : [];
  });
  return { ok: true, votes };
}
