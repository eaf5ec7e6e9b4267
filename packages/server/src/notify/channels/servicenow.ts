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
  // A reference of an outbox that is older than what it told may name a record that is over.
  const named = reference === null || message.mayStand ? null : sysIdIn(reference);
  const known = { id: named, isMade: false, isOver: false };
  const found = named === null ? await lookUp(table, attempt) : known;
  if ('sent' in found) return found.sent;
  if (found.id === null) {
    const body = recordOf(config, message, table);
    const made = await api(callOf(attempt, { method: 'POST', path: table, body }));
    if (!made.ok) return made.sent;
    return { kind: 'delivered', reference: referenceOf(table, made.rows[0]?.['sys_id']) };
  }
  const done = found.isMade || (await isNoted(found.id, attempt));
  if (typeof done === 'object') return done.sent;
  if (!done) {
    const path = `${table}/${found.id}`;
    const body = changeOf(config, { key, notice }, { table, isOver: found.isOver });
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

type Found =
  | { readonly id: string | null; readonly isMade: boolean; readonly isOver: boolean }
  | { readonly sent: Failed };

/**
 * Returns the record of a thread, and whether it is the one this message asks for: an answer that
 * was lost left a record with its key, which somebody may have closed since. What goes on or ends
 * where nothing is open any more belongs to the newest record that is over.
 */
async function lookUp(table: Table, attempt: Attempt): Promise<Found> {
  const { key, notice, mayStand } = attempt.message;
  const ofThread = `correlation_id=${notice.thread}`;
  if (mayStand) {
    const made = await findOne(table, `${ofThread}^descriptionLIKE${key}`, attempt);
    if ('sent' in made) return made;
    if (made.id !== null) return { id: made.id, isMade: true, isOver: false };
  }
  const open = await findOne(table, `${ofThread}${table === 'incident' ? OVER : ''}`, attempt);
  if ('sent' in open) return open;
  const begins = notice.phase === 'opens' || notice.phase === 'tells';
  if (open.id !== null || begins) return { id: open.id, isMade: false, isOver: false };
  const last = await findOne(table, `${ofThread}^ORDERBYDESCsys_created_on`, attempt);
  return 'sent' in last ? last : { id: last.id, isMade: false, isOver: true };
}

async function findOne(
  table: Table,
  query: string,
  attempt: Attempt,
): Promise<{ readonly id: string | null } | { readonly sent: Failed }> {
  const found = await attempt.api(callOf(attempt, { method: 'GET', path: pathOf(table, query) }));
  if (!found.ok) return { sent: found.sent };
  const { sys_id: id } = found.rows[0] ?? {};
  return { id: typeof id === 'string' && SYS_ID.test(id) ? id : null };
}

function pathOf(table: string, query: string): string {
  const terms = { sysparm_query: query, sysparm_fields: 'sys_id', sysparm_limit: '1' };
  return `${table}?${new URLSearchParams(terms).toString()}`;
}

// Whoever was given no right to read the journal is told twice rather than never.
const BLIND: readonly string[] = ['status-403', 'status-404'];

/** Whether an attempt whose answer was lost left a work note of this message on the record. */
async function isNoted(id: string, attempt: Attempt): Promise<boolean | { readonly sent: Failed }> {
  const { key, mayStand } = attempt.message;
  if (!mayStand) return false;
  const path = pathOf('sys_journal_field', `element_id=${id}^valueLIKE${key}`);
  const found = await attempt.api(callOf(attempt, { method: 'GET', path }));
  if (found.ok) return found.rows.length > 0;
  return BLIND.includes(found.sent.fault) ? false : { sent: found.sent };
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
  { table, isOver }: { readonly table: Table; readonly isOver: boolean },
): JsonObject {
  const lines = [`key: ${key}`, notice.title, ...linesOf(notice)];
  const work = { work_notes: atMost(lines.join('\n'), NOTE) };
  if (notice.phase !== 'closes' || table === 'change_request' || isOver) return work;
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
