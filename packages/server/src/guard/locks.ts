import {
  BOUNDS,
  type Call,
  isInForce,
  keyOfLock,
  type Lock,
  lockEvents,
  type LockOn,
  type RecordedEvent,
  valuesAt,
} from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { voidUnforwarded } from './halts/void-given.ts';
import type { LiveAgent } from './live-agent.ts';
import type { LockRequest, PlacedLock, ShownLock, UnlockRequest } from './people.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { isProbe } from './probe.ts';
import { durably, findAgent, momentOf, recordEvent, type Recorded } from './turn.ts';

type LockEvent = Extract<RecordedEvent, { readonly kind: 'lock' | 'unlock' }>;

/** Locks an entity, or one field of it, against one agent or every agent. */
export async function lock(desk: Desk, of: LockRequest): Promise<Outcome<PlacedLock>> {
  const found = agentsOf(desk, of.agent);
  if (!found.ok) return found;
  if (of.untilMs !== null && of.untilMs <= desk.parts.clocks.now()) {
    return refuse('bad-request', '`untilMs` is past: a lock ends in the future, or never');
  }
  const agents = found.value;
  const full = agents.find((live) => !hasRoom(desk, live, of));
  if (full !== undefined) return tableFull(full);
  return durably(desk, () => {
    const placed = agents.map((live) =>
      record(desk, live, eventOf(momentOf(desk, live), of, 'lock')),
    );
    const last = of.agent === null ? recordNodeLock(desk, of) : placed.at(-1);
    const stops = [...new Set(agents.flatMap((live) => stoppedTools(live, of.entity)))].sort();
    return last === undefined ? nobody() : done({ ...last, stops });
  });
}

/** Takes a lock away. What the other layer holds (every agent's, or its own) stays. */
export async function unlock(desk: Desk, of: UnlockRequest): Promise<Outcome<Recorded>> {
  const found = agentsOf(desk, of.agent);
  if (!found.ok) return found;
  const key = keyOfLock(of);
  const [first] = found.value;
  const known = of.agent === null ? desk.locks : first?.people.locks.own;
  if (known?.has(key) !== true) return notLocked(of, first);
  return durably(desk, () => {
    const lifted = found.value.map((live) => {
      return record(desk, live, eventOf(momentOf(desk, live), { ...of, untilMs: null }, 'unlock'));
    });
    const last = of.agent === null ? recordNodeUnlock(desk, of) : lifted.at(-1);
    return last === undefined ? nobody() : done(last);
  });
}

function notLocked(of: UnlockRequest, live: LiveAgent | undefined): Outcome<never> {
  const isShared = of.agent !== null && live?.people.locks.shared.has(keyOfLock(of)) === true;
  const why = isShared
    ? 'it is locked on every agent: take that lock away'
    : 'there is no such lock: `entity`, `id` and `field` must be those of one that is set';
  return refuse('not-found', why);
}

function nobody(): Outcome<never> {
  return refuse('unknown-agent', 'there is no agent');
}

function agentsOf(desk: Desk, agent: string | null): Outcome<readonly LiveAgent[]> {
  if (agent !== null) {
    if (isProbe(agent)) return refuse('unknown-agent', noAgent(agent));
    const found = findAgent(desk, agent);
    return found.ok ? done([found.value]) : found;
  }
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  return done([...desk.agents.values()].filter((live) => !isProbe(live.agent)));
}

// What has run out makes room; the kernel keeps it until it is taken away.
function hasRoom(desk: Desk, live: LiveAgent, of: LockOn): boolean {
  const { own, shared } = live.people.locks;
  const key = keyOfLock(of);
  if (own.has(key) || shared.has(key)) return true;
  return live.state.locks.size - runOut(desk, live).length < BOUNDS.locks - 1;
}

function runOut(desk: Desk, live: LiveAgent): readonly LockEvent[] {
  const at = momentOf(desk, live);
  const { own, shared } = live.people.locks;
  return [own, shared].flatMap((locks) => {
    const isShared = locks === shared ? { isOnEveryAgent: true as const } : {};
    return [...locks.values()]
      .filter((each) => !isInForce(each, at))
      .map(({ entity, id, field }) => {
        const bare = { kind: 'unlock', at, entity, id, field, by: 'expiry' } as const;
        return { ...bare, ...isShared };
      });
  });
}

function tableFull({ agent }: LiveAgent): Outcome<never> {
  const most = BOUNDS.locks - 1;
  return refuse(
    'too-large',
    `\`${agent}\` has ${most} locks, and one more would lock everything: take some away`,
  );
}

function eventOf(
  at: number,
  { agent, entity, id, field, untilMs, reason, by }: LockRequest,
  kind: 'lock' | 'unlock',
): LockEvent {
  const shared = agent === null ? { isOnEveryAgent: true as const } : {};
  const said = { at, entity, id, field, by, reason, ...shared };
  return kind === 'lock' ? { kind, ...said, untilMs } : { kind, ...said };
}

/** Records what one lock changes; returns where the last of it stands. */
function record(desk: Desk, live: LiveAgent, event: LockEvent): Appended {
  if (event.kind === 'lock' && live.state.locks.size >= BOUNDS.locks - 1) {
    for (const old of runOut(desk, live)) layered(desk, live, old);
  }
  const appended = layered(desk, live, event);
  if (event.kind === 'lock') voidUnforwarded(live, ({ call }) => isAgainst(live, call, event));
  return appended;
}

// Of one field of it as well: asking again shows which.
function isAgainst({ pact }: LiveAgent, { tool, args }: Call, { entity, id }: LockOn): boolean {
  const declared = pact?.tools.get(tool)?.entity ?? null;
  if (declared?.kind !== entity) return false;
  const whole = keyOfLock({ entity, id, field: null });
  const values = valuesAt(args, declared.id);
  // What names no id may be about any of them.
  return (
    values.length === 0 ||
    values.some((value) => {
      return keyOfLock({ entity, id: String(value), field: null }) === whole;
    })
  );
}

function layered(desk: Desk, live: LiveAgent, event: LockEvent): Appended {
  const [first, second] = lockEvents(live.people.locks, event);
  const appended = recordEvent(desk, live, { event: first ?? event });
  return second === undefined ? appended : recordEvent(desk, live, { event: second });
}

const NODE = { agent: null, session: null, secret: null, subject: null } as const;

function recordNodeLock(desk: Desk, of: LockRequest): Appended {
  const { entity, id, field, untilMs, by, reason } = of;
  const { recorder, clocks } = desk.parts;
  const at = recorder.now(clocks.now());
  const open = { entity, id, field, untilMs, by, reason };
  const appended = recorder.record({ ...NODE, kind: 'node_lock', at, open });
  desk.locks.set(keyOfLock(of), { entity, id, field, untilMs, by, reason, at });
  return appended;
}

function recordNodeUnlock(desk: Desk, of: UnlockRequest): Appended {
  const { entity, id, field, by, reason } = of;
  const { recorder, clocks } = desk.parts;
  const at = recorder.now(clocks.now());
  const open = { entity, id, field, by, reason };
  const appended = recorder.record({ ...NODE, kind: 'node_unlock', at, open });
  desk.locks.delete(keyOfLock(of));
  return appended;
}

/**
 * Gives an agent the locks that stand on every agent, and takes those from it that do no more: one
 * that was just added has none yet, and a crash may have parted them. Throws what the recorder
 * throws. Returns where the last of it stands, or null when it had all.
 */
export function inheritLocks(desk: Desk, live: LiveAgent): Appended | null {
  const { shared } = live.people.locks;
  let last: Appended | null = null;
  for (const [key, of] of desk.locks) {
    const own = shared.get(key);
    if (own !== undefined && own.untilMs === of.untilMs && own.by === of.by) continue;
    const request = { ...of, agent: null, reason: of.reason ?? '' };
    last = record(desk, live, eventOf(momentOf(desk, live), request, 'lock'));
  }
  for (const [key, of] of shared) {
    if (desk.locks.has(key)) continue;
    const request = { ...of, agent: null, reason: 'it no longer stands on every agent' };
    last = record(desk, live, eventOf(momentOf(desk, live), request, 'unlock'));
  }
  return last;
}

/**
 * Gives an agent the locks that another has of its own, and takes those away that it has not.
 * Throws what the recorder throws. Returns where the last of it stands, or null when they were
 * the same.
 */
export function copyLocks(desk: Desk, live: LiveAgent, from: LiveAgent): Appended | null {
  const { own } = live.people.locks;
  const wanted = from.people.locks.own;
  let last: Appended | null = null;
  const { agent } = live;
  for (const [key, of] of wanted) {
    const known = own.get(key);
    if (known !== undefined && known.untilMs === of.untilMs && known.by === of.by) continue;
    const request = { ...of, agent, reason: of.reason ?? '' };
    last = record(desk, live, eventOf(momentOf(desk, live), request, 'lock'));
  }
  for (const [key, of] of own) {
    if (wanted.has(key)) continue;
    const request = { ...of, agent, reason: `\`${from.agent}\` has it no longer` };
    last = record(desk, live, eventOf(momentOf(desk, live), request, 'unlock'));
  }
  return last;
}

function stoppedTools({ pact }: LiveAgent, entity: string): readonly string[] {
  const tools = [...(pact?.tools.values() ?? [])];
  return tools.flatMap((tool) => {
    return tool.entity?.kind === entity && tool.effect !== 'read' ? [tool.name] : [];
  });
}

/** Returns the locks in force, of an agent with those of every agent, oldest first. */
export function locksOf(desk: Desk, agent: string | null): readonly ShownLock[] | undefined {
  const now = desk.parts.clocks.now();
  if (agent === null) return shownOf(desk.locks, now, true);
  const live = isProbe(agent) ? undefined : desk.agents.get(agent);
  if (live === undefined) return undefined;
  const { own, shared } = live.people.locks;
  const all = [...shownOf(own, now, false), ...shownOf(shared, now, true)];
  return all.sort((a, b) => a.at - b.at);
}

function shownOf(
  locks: ReadonlyMap<string, Lock>,
  now: number,
  isOnEveryAgent: boolean,
): readonly ShownLock[] {
  const inForce = [...locks.values()].filter((each) => isInForce(each, now));
  return inForce.map((each) => ({ ...each, isOnEveryAgent }));
}
