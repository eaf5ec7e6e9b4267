import type { JsonObject } from '@plumbline/core';

import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { makeTimers } from './timers.ts';

/** What a daemon does by itself, again and again. */
export type Chores = {
  readonly stop: () => Promise<void>;
  /** Writes down what is summed, and `shutdown`. */
  readonly finish: () => Promise<void>;
  /** Resolves with why nothing is decided any more, if that happens. */
  readonly failed: Promise<string>;
};

/** The clock, and who is told of failures that end nothing. */
export type ChoresNeeds = {
  readonly clock: () => number;
  readonly failed: (cause: unknown) => void;
};

const LOOK_MS = 1_000;
const REFUSED_MS = 60_000;
const STAMP_MS = 600_000;
const SWEEP_MS = 30_000;
// Long enough for a probe to see that the daemon is not ready, and why.
const FAILING_MS = 2_000;

/** Starts publishing, heartbeats, the sweep of idle sessions, and the watch of disk and log. */
export function startChores(config: Config, context: Context, needs: ChoresNeeds): Chores {
  const timers = makeTimers(needs.failed);
  const failure = Promise.withResolvers<string>();
  const { log, guard } = context;
  timers.every(config.log.publishEveryMs, () => publish(context));
  timers.every(Math.max(10, config.log.heartbeatMs / 4), heartbeats(config, context, needs));
  timers.every(Math.min(SWEEP_MS, Math.max(250, config.guard.sessionIdleMs / 4)), async () => {
    await guard.sweep();
  });
  timers.every(LOOK_MS, async () => {
    await guard.sweepAsks();
  });
  timers.every(LOOK_MS, () => context.services.breakGlass.sweep('over'));
  timers.every(LOOK_MS, () => context.services.signIns.sweep());
  timers.every(LOOK_MS, () => context.drilling.tick());
  timers.every(LOOK_MS, () => context.services.audits.tick());
  timers.every(LOOK_MS, () => context.away.refresh());
  timers.every(LOOK_MS, watchDisk(config, context));
  timers.every(LOOK_MS / 4, async () => context.telling.notifier?.tick());
  timers.every(REFUSED_MS, () => writeRefused(context));
  timers.every(LOOK_MS, () => rollWhenLarge(config, context));
  timers.every(LOOK_MS / 4, async () => {
    // A guard that stopped has a state that only a start makes one with the log again.
    const stopped = log.status().stopped ?? guard.stopped();
    if (stopped === null) return;
    context.telling.notifier?.stopped();
    setTimeout(() => failure.resolve(stopped), FAILING_MS).unref();
  });
  if (config.log.timestamps !== null) timers.every(STAMP_MS, async () => void (await log.stamp()));
  return {
    stop: () => timers.stop(),
    failed: failure.promise,
    finish: async () => {
      await writeRefused(context);
      await context.write({ kind: 'shutdown', agent: null, open: {} });
    },
  };
}

/** Publishing needs space and its failure ends the log, so that it waits for space. */
async function publish({ log, space }: Context): Promise<void> {
  const { stopped, durableSize, publishedSize } = log.status();
  if (stopped !== null || (await space.look()).state === 'full') return;
  const isWaiting = log.witnesses().some(({ problem }) => problem !== null);
  if (durableSize > publishedSize || isWaiting) await log.publish();
}

/** Rolling over needs space, as publishing does. */
async function rollWhenLarge(
  { log: { rollAtEntries } }: Config,
  { log, space, recordLink }: Context,
): Promise<void> {
  if (rollAtEntries === null || log.currentSize() < rollAtEntries) return;
  if (log.status().stopped !== null || space.view().state === 'full') return;
  await log.roll(recordLink);
}

/** A log in which nothing is written looks like one that was cut off, so that something is. */
function heartbeats(
  { log: { heartbeatMs } }: Config,
  { log, guard, write }: Context,
  { clock }: ChoresNeeds,
): () => Promise<void> {
  let seen = log.status().nextIndex;
  let since = clock();
  return async () => {
    const { nextIndex, stopped } = log.status();
    const now = clock();
    if (nextIndex !== seen) [seen, since] = [nextIndex, now];
    if (stopped !== null || now - since < heartbeatMs) return;
    const agents = guard.guard.agents();
    const sessions = agents.reduce((sum, { openSessions }) => sum + openSessions, 0);
    await write({
      kind: 'heartbeat',
      agent: null,
      open: { sessions, inFlight: guard.unfinished() },
    });
    [seen, since] = [log.status().nextIndex, now];
  };
}

function watchDisk(
  { disk: { warnBytes, refuseBytes } }: Config,
  { space, health, write }: Context,
): () => Promise<void> {
  let last = space.view().state;
  return async () => {
    const { state, freeBytes } = await space.look();
    health.sawDisk({ freeBytes, isFull: state === 'full' });
    if (state === last) return;
    last = state;
    const limitBytes = state === 'full' ? refuseBytes : warnBytes;
    const open: JsonObject = { what: `disk-${state}`, freeBytes, limitBytes };
    await write({ kind: 'quota', agent: null, open });
  };
}

async function writeRefused({ health, write }: Context): Promise<void> {
  for (const { what, count, since } of health.takeRefused()) {
    await write({ kind: 'refused', agent: null, open: { what, count, since } });
  }
}
