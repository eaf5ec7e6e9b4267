import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { haltPlace, roomPlace, sessionPlace } from '../../data/places.ts';
import type { TraceRow } from '../../data/traces.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { Time } from '../../ui/time.tsx';
import { memberAt } from './open-part.ts';

/** How a member of an entry is shown. */
type How = 'text' | 'time' | 'digest' | 'session' | 'room' | 'halt' | 'id' | 'yes';

/** A member of an entry under the name that people read. */
type Told = readonly [name: string, part: 'open' | 'secret', member: string, how?: How];

const CLAIMED: readonly Told[] = [
  ['What', 'secret', 'name'],
  ['Values', 'secret', 'values'],
  ['Proved by', 'open', 'mechanism'],
  ['Proved', 'open', 'verifiedAtMs', 'time'],
  ['Counts until', 'open', 'expiresAtMs', 'time'],
  ['Only once', 'open', 'once', 'yes'],
];

const STOPPED: readonly Told[] = [
  ['What', 'open', 'scope'],
  ['Which', 'open', 'target'],
  ['Why', 'open', 'reason'],
  ['By', 'open', 'by'],
  ['Incident', 'open', 'incident'],
  ['The halt', 'open', 'id', 'halt'],
];

const LOCKED: readonly Told[] = [
  ['What', 'open', 'entity'],
  ['Which', 'open', 'id'],
  ['Its field', 'open', 'field'],
  ['Until', 'open', 'untilMs', 'time'],
  ['On every agent', 'open', 'isOnEveryAgent', 'yes'],
  ['Why', 'open', 'reason'],
  ['By', 'open', 'by'],
];

const TOLD: Readonly<Record<string, readonly Told[]>> = {
  session_opened: [
    ['For', 'secret', 'principal'],
    ['Task', 'secret', 'task'],
    ['Room', 'secret', 'room', 'room'],
    ['Called', 'secret', 'name'],
    ['Attested', 'secret', 'attributes'],
    ['Opened by', 'open', 'openedBy'],
  ],
  reported: [['Its note', 'secret', 'note']],
  outcome: [
    ['Records', 'open', 'records'],
    ['Permit used', 'open', 'redeemedAt', 'time'],
  ],
  approval: [
    ['By', 'secret', 'by'],
    ['Why', 'secret', 'reason'],
    ['Rules', 'open', 'rules'],
    ['May be used until', 'secret', 'expiresAtMs', 'time'],
  ],
  vote: [
    ['Who', 'secret', 'person'],
    ['Why', 'secret', 'reason'],
    ['Rules', 'open', 'rules'],
    ['Proved by', 'open', 'mechanism'],
    ['With the key', 'open', 'by'],
  ],
  approval_link: [
    ['For', 'secret', 'person'],
    ['Good until', 'open', 'expiresAtMs', 'time'],
    ['Made by', 'open', 'by'],
  ],
  claim: CLAIMED,
  claim_revoked: [['By', 'open', 'by']],
  delegated: [
    ['To', 'open', 'toAgent'],
    ['Its session', 'open', 'toSession', 'session'],
  ],
  escalated: [
    ['Rule', 'open', 'rule'],
    ['Time', 'open', 'count'],
  ],
  gate: [
    ['Category', 'open', 'category'],
    ['Why', 'open', 'reason'],
    ['By', 'open', 'by'],
  ],
  observed: [
    ['How often', 'open', 'count'],
    ['Refused', 'open', 'refused'],
    ['What it saw', 'secret', 'events'],
  ],
  conflict: [['What it asked for then', 'secret', 'action']],
  alert: [
    ['Rule', 'open', 'rule'],
    ['Claims', 'open', 'claims'],
  ],
  tool_refused: [
    ['Tool', 'open', 'tool'],
    ['Server', 'open', 'server'],
    ['Why', 'open', 'why'],
    ['What was asked for', 'secret', 'action'],
  ],
  halt: STOPPED,
  resume: STOPPED,
  halt_effective: [
    ['The halt', 'open', 'halt', 'halt'],
    ['Enforcement points that acknowledged it', 'open', 'acknowledged'],
    ['Leases that ran out', 'open', 'ranOut'],
    ['Calls still under way', 'open', 'running'],
    ['Calls that were finished', 'open', 'finished'],
    ['Calls that were not sent', 'open', 'notSent'],
  ],
  executor_started: [
    ['What', 'open', 'executor'],
    ['By', 'open', 'holder'],
    ['The halt', 'open', 'halt', 'halt'],
  ],
  lock: LOCKED,
  unlock: LOCKED,
  armed: [['Pact', 'open', 'pact', 'digest']],
  staging_moved: [
    ['From', 'open', 'from'],
    ['To', 'open', 'to'],
    ['Held', 'open', 'held', 'yes'],
    ['Why', 'open', 'reason'],
    ['By', 'open', 'by'],
  ],
  grant_given: [
    ['What', 'open', 'claim'],
    ['Until', 'open', 'untilMs', 'time'],
    ['Why', 'open', 'reason'],
    ['Proved by', 'open', 'mechanism'],
    ['By', 'open', 'by'],
  ],
  read: [
    ['By', 'open', 'by'],
    ['Decision', 'open', 'decision', 'id'],
    ['For the audit of', 'open', 'audit', 'session'],
  ],
  correction: [
    ['By', 'open', 'by'],
    ['Decision', 'open', 'decision', 'id'],
  ],
  audit_judged: [['By', 'open', 'by']],
  drill_done: [
    ['Came to', 'open', 'state'],
    ['Why', 'open', 'why'],
  ],
  undo_planned: [
    ['Tool', 'open', 'tool'],
    ['Decision', 'open', 'decision', 'id'],
  ],
  undo_step: [
    ['Came to', 'open', 'state'],
    ['Why', 'open', 'why'],
    ['Said by', 'open', 'by'],
  ],
};

/** Returns what an entry says, under names that people read; what it does not say is left out. */
export function saidFacts({
  kind,
  open,
  secret,
}: Pick<TraceRow, 'kind' | 'open' | 'secret'>): Readonly<Record<string, ReactNode>> {
  const told = TOLD[kind] ?? [];
  const facts = told.map(([name, part, member, how = 'text']) => {
    const value = memberAt(part === 'open' ? open : secret, member);
    return [name, isSaid(value) ? <Said value={value} how={how} /> : null] as const;
  });
  return Object.fromEntries(facts);
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

function Said({ value, how }: { readonly value: unknown; readonly how: How }): ReactElement {
  const text = spoken(value);
  if (typeof value === 'number' && how === 'time') return <Time at={value} />;
  switch (how) {
    case 'digest':
      return <Digest of={text} />;
    case 'id':
      return <Digest of={text} what="id" />;
    case 'session':
      return <Link href={sessionPlace(text)}>{text}</Link>;
    case 'halt':
      return <Link href={haltPlace(text)}>Its page</Link>;
    case 'room':
      return (
        <Link href={roomPlace(text)}>
          <Visible text={text} />
        </Link>
      );
    default:
      return <Visible text={text} />;
  }
}

function spoken(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(spoken).join(', ');
  return Object.entries(Object(value))
    .map(([name, member]) => `${name}: ${spoken(member)}`)
    .join(', ');
}
