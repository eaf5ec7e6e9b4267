import { setTimeout as pause } from 'node:timers/promises';

import type { Target } from '../src/client/daemon-client.ts';
import { type EnforcementPoint, openEnforcementPoint } from '../src/client/enforcement-point.ts';

/** How one enforcement process is started. */
export type WorkerStart = {
  readonly target: Target;
  readonly agent: string;
  readonly name: string;
  /** How many calls are under way at once, and how long each takes. */
  readonly width: number;
  readonly callMs: number;
  /** How long the arguments of each action are. */
  readonly argChars?: number;
  /** So many permits are asked for first, and then used one by one. */
  readonly hoard?: { readonly permits: number; readonly everyMs: number };
};

/** What it is told: to work in a session, and to hand over when it forwarded. */
export type WorkerTold =
  | { readonly kind: 'go'; readonly session: string }
  | { readonly kind: 'hand-over' }
  | { readonly kind: 'end' };

/** What it says. Stamps are of the machine's monotonic clock, in microseconds. */
export type WorkerSaid =
  | { readonly kind: 'ready' }
  | { readonly kind: 'under-way'; readonly session: string }
  | { readonly kind: 'forwarded'; readonly stamps: readonly number[] };

/** Returns the machine's monotonic clock, the same in every process, in microseconds. */
export function stampUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

const stamps: number[] = [];
let session: string | null = null;
let underWay: string | null = null;
let next = 0;

/** Works through actions until it is told to end: decided, forwarded, reported. */
async function work(point: EnforcementPoint, { callMs, argChars = 1 }: WorkerStart): Promise<void> {
  const text = 'word '.repeat(argChars / 5);
  for (;;) {
    const at = session;
    if (at === null) {
      await pause(1);
      continue;
    }
    next += 1;
    const answer = await point.decide({
      session: at,
      request: `${process.pid}-${next}`,
      tool: 'notes.add',
      args: { n: next, text },
    });
    if (!answer.ok || answer.value.permit === null) {
      // What is halted is not asked for again and again; without a lease there is another soon.
      if (answer.ok && session === at) session = null;
      if (!answer.ok) await pause(5);
      continue;
    }
    await act(point, { session: at, answer: answer.value, callMs });
  }
}

/** Asks for many permits, and uses them one after the other whatever it hears. */
async function hoard(
  point: EnforcementPoint,
  { permits, everyMs }: NonNullable<WorkerStart['hoard']>,
): Promise<void> {
  for (;;) {
    const at = session;
    if (at === null) {
      await pause(1);
      continue;
    }
    session = null;
    await point.ready();
    const asked = Array.from({ length: permits }, () => {
      next += 1;
      const request = `${process.pid}-${next}`;
      return point.decide({ session: at, request, tool: 'notes.add', args: { n: next } });
    });
    const answers = await Promise.all(asked);
    for (const answer of answers) {
      if (!answer.ok) continue;
      void act(point, { session: at, answer: answer.value, callMs: 1 });
      await pause(everyMs);
    }
    // Without a lease nothing was let through; there is another soon.
    if (underWay !== at) session ??= at;
  }
}

type Acted = {
  readonly session: string;
  readonly answer: Parameters<EnforcementPoint['forward']>[0] & { readonly decision: string };
  readonly callMs: number;
};

async function act(point: EnforcementPoint, { session: at, answer, callMs }: Acted): Promise<void> {
  const { decision } = answer;
  const done = await point.forward(answer, async (_args, signal) => {
    stamps.push(stampUs());
    if (underWay !== at) say({ kind: 'under-way', session: at });
    underWay = at;
    await pause(callMs, undefined, { signal });
    return null;
  });
  const cancelled = !done.ok && done.code === 'cancelled';
  const status = done.ok ? 'ok' : cancelled ? 'unknown' : 'not_sent';
  await point.report({ session: at, decision, status, result: null, records: null });
}

function say(said: WorkerSaid): void {
  process.send?.(said);
}

function hear(told: WorkerTold): void {
  if (told.kind === 'go') session = told.session;
  if (told.kind === 'hand-over') say({ kind: 'forwarded', stamps: stamps.splice(0) });
  if (told.kind === 'end') process.exit(0);
}

if (import.meta.main) {
  // Only the trials start this program, with what they wrote themselves.
  const start = JSON.parse(process.argv[2] ?? '{}') as WorkerStart;
  const point = openEnforcementPoint(start);
  process.on('message', hear);
  process.on('disconnect', () => process.exit(0));
  await point.ready();
  say({ kind: 'ready' });
  if (start.hoard !== undefined) void hoard(point, start.hoard);
  else for (let at = 0; at < start.width; at += 1) void work(point, start);
}
