import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledPact } from '@plumbline/core';

import type { Checked, ExecutionBook } from '../executors/execution-book.ts';
import type { DrillGround } from '../guard/drill-ground.ts';
import type { Outcome } from '../guard/guard.ts';
import type { HaltView } from '../guard/halts/view.ts';
import type { DrillEnd, DrillTimes, Practised } from './drill.ts';
import { type DrillPoint, type Forwarded, openDrillPoint } from './drill-point.ts';
import { type Practice, startPractice } from './practice.ts';

/** What a drill is run with. */
export type DrillRun = {
  readonly id: string;
  readonly agent: string;
  readonly ground: DrillGround;
  readonly pact: CompiledPact;
  readonly executing: Pick<ExecutionBook, 'check'>;
  /** What is known of the messages that people would get. */
  readonly notification: Practised;
  readonly boundMs: number;
  /** Ends it before its time, because the daemon stops. */
  readonly signal: AbortSignal;
};

/** What a drill found out; who holds the right is counted by whoever runs it. */
export type DrillFound = Omit<DrillEnd, 'holders' | 'needed'>;

const READY_MS = 5_000;
/** How long actions are forwarded before the halt, and tried after it. */
const BEFORE_MS = 150;
const AFTER_MS = 150;
const HOARDED = 4;
/** How long a halt that is late is waited for, so that the record says how late it was. */
const PATIENCE_MS = 5_000;

/**
 * Practises the halt of an agent: an enforcement point of the daemon's own forwards actions that do
 * nothing, in a session of its own, until it is halted, and what happens is measured from the
 * moment the halt is asked for. Always resolves, with everything it began ended or, where the log
 * takes nothing, left to the next start.
 */
export async function runDrill(run: DrillRun): Promise<DrillFound> {
  const { ground, signal } = run;
  const practice = await startPractice();
  let point: DrillPoint | null = null;
  try {
    const cleared = await ground.end();
    if (!cleared.ok) return refusedBy(cleared, null);
    const begun = await ground.begin(run.pact);
    if (!begun.ok) return refusedBy(begun, null);
    const { session } = begun.value;
    point = openDrillPoint(ground, { session, practice });
    const found = await practise(run, { session, practice, point });
    return signal.aborted ? { ...found, ...STOPPED } : found;
  } finally {
    await point?.close();
    await practice.end();
    await ground.end();
  }
}

const STOPPED = { state: 'interrupted', why: 'the daemon was stopped' } as const;

type Begun = {
  readonly session: string;
  readonly practice: Practice;
  readonly point: DrillPoint;
};

const NOTHING = { halt: null, times: null, forwarded: 0, refused: 0, practised: [] } as const;

function refusedBy(refusal: Outcome<unknown>, session: string | null): DrillFound {
  const why = refusal.ok ? null : refusal.error.message;
  return { ...NOTHING, state: 'failed', session, why };
}

async function practise(run: DrillRun, begun: Begun): Promise<DrillFound> {
  const { id, ground, signal, boundMs } = run;
  const { session, point } = begun;
  if (!(await point.ready(READY_MS))) {
    const why = `the enforcement point got no lease within ${READY_MS} ms`;
    return { ...NOTHING, state: 'failed', session, why };
  }
  const held = await point.hoard(HOARDED);
  point.begin();
  await underWay(point, signal);
  const askedMs = performance.now();
  const halted = await ground.halt(`halt drill ${id}: nothing real is stopped`);
  const latchedMs = performance.now() - askedMs;
  if (!halted.ok) return refusedBy(halted, session);
  const { halt } = halted.value;
  const view = await ground.findHalt(halt, boundMs + PATIENCE_MS);
  await point.spend();
  await pause(AFTER_MS, undefined, { signal }).catch(() => undefined);
  await point.close();
  const seen = point.seen();
  const times = timesOf({ askedMs, latchedMs, view, seen });
  const practised = [...(await practisedOf(run, begun, { view, held }))];
  const { count: forwarded, refused } = seen;
  const found = { session, halt, times, forwarded, refused, practised };
  const why = whyFailed(found, boundMs);
  return { ...found, state: why === null ? 'passed' : 'failed', why };
}

/** Resolves once actions were forwarded for a while; a disk that is slow is waited for. */
async function underWay(point: DrillPoint, signal: AbortSignal): Promise<void> {
  const sinceMs = performance.now();
  do {
    await pause(BEFORE_MS, undefined, { signal }).catch(() => undefined);
  } while (!isSeen(point, signal) && performance.now() - sinceMs < READY_MS);
}

function isSeen(point: DrillPoint, signal: AbortSignal): boolean {
  return signal.aborted || point.seen().count > 0;
}

function timesOf({
  askedMs,
  latchedMs,
  view,
  seen: { lastMs },
}: {
  readonly askedMs: number;
  readonly latchedMs: number;
  readonly view: HaltView | undefined;
  readonly seen: Forwarded;
}): DrillTimes | null {
  const effectiveMs = view?.effectiveMs ?? null;
  if (effectiveMs === null) return null;
  return {
    latchedMs: Math.ceil(latchedMs),
    effectiveMs: Math.ceil(effectiveMs),
    lastForwardMs: lastMs === null ? 0 : Math.max(0, Math.ceil(lastMs - askedMs)),
  };
}

/** Everything a halt does, in words, with what became of it here. */
async function practisedOf(
  { agent, ground, executing, notification }: DrillRun,
  { practice }: Begun,
  { view, held }: { readonly view: HaltView | undefined; readonly held: number },
): Promise<readonly Practised[]> {
  const isHeard = view?.acknowledged.length === 1;
  const ran = (view?.executors ?? []).map(({ executor, state, ms, why }): Practised => {
    const isDone = state === 'done';
    const took = ms === null ? null : Math.ceil(ms);
    return { what: executor, state: isDone ? 'practised' : 'failed', ms: took, why };
  });
  const whole = { scope: 'agent', target: '', epoch: 0, sessions: null } as const;
  const halted = { halt: view?.halt ?? '', agent, ...whole };
  const checked = (await executing.check(halted)).map(checkedOf);
  const points = ground.points();
  return [
    {
      what: 'leases',
      state: isHeard ? 'practised' : 'failed',
      ms: view?.effectiveMs == null ? null : Math.ceil(view.effectiveMs),
      why: isHeard ? null : 'the enforcement point did not acknowledge the stop',
    },
    held > 0
      ? { what: 'permits', state: 'practised', ms: null, why: null }
      : { what: 'permits', state: 'failed', ms: null, why: 'none was given before the halt' },
    ...ran,
    ...practice.missing.map(
      ({ what, why }) => ({ what, state: 'skipped', ms: null, why }) as const,
    ),
    ...checked,
    notification,
    { what: 'enforcement-points', state: 'skipped', ms: null, why: pointWords(points) },
  ];
}

function checkedOf({ executor: what, attempt }: Checked): Practised {
  if (attempt === null) {
    const why = 'it would end what the agent itself has, and nothing of it can be looked at';
    return { what, state: 'skipped', ms: null, why };
  }
  if (attempt.state === 'failed') return { what, state: 'failed', ms: null, why: attempt.why };
  const why = 'what it takes is there; nothing was ended, because it is the agent that has it';
  return { what, state: 'checked', ms: null, why };
}

function pointWords(points: number): string {
  return `${points} hold leases of the agent itself: a drill stops none of them`;
}

type Found = Pick<DrillFound, 'times' | 'practised' | 'forwarded'>;

/** Returns the first thing that is wrong, the gravest first, or null. */
function whyFailed({ times, practised, forwarded }: Found, boundMs: number): string | null {
  if (times === null) return `the halt was not effective within ${boundMs + PATIENCE_MS} ms`;
  const { latchedMs, effectiveMs, lastForwardMs } = times;
  // Both are rounded up, each from its own clock.
  if (lastForwardMs > effectiveMs + 1) {
    return `an action was forwarded ${lastForwardMs - effectiveMs} ms after the halt was effective`;
  }
  if (forwarded === 0) return 'nothing was forwarded before the halt, so that nothing was stopped';
  const slow = [
    ['latched', latchedMs],
    ['effective', effectiveMs],
    ['last forwarded', lastForwardMs],
    ...practised.map(({ what, ms }) => [`\`${what}\` ended`, ms ?? 0] as const),
  ] as const;
  const late = slow.find(([, ms]) => ms > boundMs);
  if (late !== undefined) return `${late[0]} after ${late[1]} ms: the bound is ${boundMs} ms`;
  const broken = practised.find(({ state }) => state === 'failed');
  return broken === undefined ? null : `\`${broken.what}\`: ${broken.why ?? 'it failed'}`;
}
