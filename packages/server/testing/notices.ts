import type { Message } from '../src/notify/channel.ts';
import type { Notice } from '../src/notify/notice.ts';

/** Returns the notice of a halt, with what a test says of it. */
export function makeNotice(part: Partial<Notice> = {}): Notice {
  return {
    id: `ntc_${'a'.repeat(32)}`,
    thread: `thr_${'b'.repeat(32)}`,
    event: 'halt',
    severity: 'critical',
    phase: 'opens',
    at: 1_700_000_000_000,
    agent: 'refunds',
    index: 7,
    title: 'HALT: agent `refunds` is stopped',
    facts: [
      ['agent', 'refunds'],
      ['scope', 'agent'],
    ],
    link: 'https://plumb.example/console/halts/hlt_1',
    nextWordAt: 1_700_001_800_000,
    approval: null,
    ...part,
  };
}

/** Returns one attempt at a notice. */
export function makeMessage(notice: Partial<Notice> = {}, part: Partial<Message> = {}): Message {
  const whole = makeNotice(notice);
  return {
    key: `${whole.id}_hook`,
    notice: whole,
    attempt: 1,
    reference: null,
    mayStand: false,
    now: 1_700_000_001_000,
    ...part,
  };
}

/** A signal that never ends anything. */
export const CALM: AbortSignal = new AbortController().signal;
