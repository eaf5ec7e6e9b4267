import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { durably, findAgent, latch, momentOf, recordEvent, type Recorded } from './turn.ts';

/** What a person stops, or lets go on. */
export type Stop = {
  readonly agent: string;
  readonly scope: 'agent' | 'session';
  readonly target: string;
  readonly reason: string;
  readonly by: string;
};

/**
 * Halts an agent or one of its sessions. It is in force when this returns, in the same turn; the
 * promise resolves once it is durable. A log that cannot take it does not lift it.
 */
export async function halt(
  desk: Desk,
  stop: Stop,
): Promise<Outcome<Recorded & { readonly epoch: number }>> {
  const live = desk.agents.get(stop.agent);
  if (live === undefined) return refuse('unknown-agent', noAgent(stop.agent));
  const fault = faultIn(stop);
  if (fault !== null) return fault;
  if (stop.scope === 'session' && !live.state.sessions.has(stop.target)) {
    return refuse('unknown-session', `no open session \`${stop.target}\`: nothing to halt`);
  }
  const epoch = live.state.epoch + 1;
  const { scope, target, reason, by } = stop;
  const at = momentOf(desk, live);
  const written = await durably(desk, () => {
    const event = { kind: 'halt', at, halt: { scope, target, epoch, reason, by } } as const;
    return done({ ...latch(desk, live, { event }), epoch });
  });
  if (written.ok) return written;
  return refuse('unavailable', `halted, and not written down yet: ${written.error.message}`);
}

/** Lets what was halted go on, once that is durable. Permits from before the halt stay void. */
export async function resume(desk: Desk, stop: Stop): Promise<Outcome<Recorded>> {
  const found = findAgent(desk, stop.agent);
  if (!found.ok) return found;
  const live = found.value;
  const fault = faultIn(stop);
  if (fault !== null) return fault;
  const { scope, target, reason, by } = stop;
  return durably(desk, () => {
    const at = momentOf(desk, live);
    const event = { kind: 'resume', at, resume: { scope, target, reason, by } } as const;
    const resumed = recordEvent(desk, live, { event });
    // A session that halted itself did not raise the epoch.
    if (scope === 'session') live.permits.void(target);
    return done(resumed);
  });
}

function faultIn({ scope, target }: Stop): Outcome<never> | null {
  if (scope === 'agent' && target !== '') {
    return refuse('bad-request', '`target` must be empty for a halt of the agent');
  }
  return scope === 'session' && target === ''
    ? refuse('bad-request', '`target` must name the session')
    : null;
}
