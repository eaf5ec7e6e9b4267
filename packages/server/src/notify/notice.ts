import { hash } from 'node:crypto';

import { type NoticeEvent, SEVERITIES, type Severity } from '../config/notify.ts';

/** Whether something begins that goes on, goes on, ends, or is told by itself. */
export type Phase = 'opens' | 'updates' | 'closes' | 'tells';

/**
 * What people are told of one event: ids, names of agents, tools and rules, and numbers. Never
 * values of arguments, personal data or secrets. Times are ms UTC.
 */
export type Notice = {
  /** The same however often it is made from the same event. */
  readonly id: string;
  /** The same for everything about one thing, such as a halt and its resume. */
  readonly thread: string;
  readonly event: NoticeEvent;
  readonly severity: Severity;
  readonly phase: Phase;
  readonly at: number;
  readonly agent: string | null;
  /** The entry of the ledger it was made from; null where there is none. */
  readonly index: number | null;
  /** One line. */
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The page of the console where a person goes on; null where no address is configured. */
  readonly link: string | null;
  /** Until when the next word is promised; null where none is. */
  readonly nextWordAt: number | null;
  /** The approval that it asks for or is about. */
  readonly approval: string | null;
};

/** The log's name, which tells notices of two daemons apart. */
export type Origin = string;

/** Returns the id of the notice of one happening. */
export function noticeId(origin: Origin, ...parts: readonly (string | number)[]): string {
  return `ntc_${digestOf([origin, ...parts])}`;
}

/** Returns the thread of everything about one thing. */
export function threadId(origin: Origin, ...parts: readonly (string | number)[]): string {
  return `thr_${digestOf([origin, ...parts])}`;
}

/** Returns the key under which a channel is told of a notice, every time it is tried. */
export function keyOf(notice: string, channel: string): string {
  return `${notice}_${channel}`;
}

/** Returns the key of what is left of a message for one of its recipients, counted from 1. */
export function leftKey(key: string, recipient: number): string {
  return `${key}~${recipient}`;
}

/** Returns the message a key belongs to, and the one recipient it is for; null: all of them. */
export function readKey(key: string): {
  readonly whole: string;
  readonly recipient: number | null;
} {
  const [, whole = key, recipient = null] = /^(.*)~([1-9]\d{0,3})$/.exec(key) ?? [];
  return { whole, recipient: recipient === null ? null : Number(recipient) };
}

function digestOf(parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/** Returns where a severity stands in the order of delivery; 0 goes first. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Returns the severity of a rank. */
export function severityOf(rank: number): Severity {
  return SEVERITIES[rank] ?? 'low';
}

const LONGEST = 120;

/**
 * Returns a name as it may stand in a message: what nobody sees, turns text around or breaks a
 * line is left out, because names of tools and servers come from elsewhere.
 */
export function plainName(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : '';
  const seen = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, '').trim();
  const short = seen.length > LONGEST ? `${seen.slice(0, LONGEST - 1)}…` : seen;
  return short.toWellFormed();
}

/** Returns a moment as people read it, to the second and in UTC. */
export function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
