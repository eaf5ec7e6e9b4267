import type { Window } from '../pact/compiled.ts';
import type { Context } from './context.ts';

const DAY_MS = 86_400_000;

/** The counter a limit or budget uses now: its key, and when its window ends (null: never). */
export type WindowKey = { readonly key: string; readonly endMs: number | null };

/**
 * Returns the counter of a limit or budget at this moment. Keys of session counters begin with
 * `session/`; the others are the agent's.
 */
export function windowOf(
  context: Pick<Context, 'pact' | 'now'>,
  per: Exclude<Window, { readonly kind: 'call' }>,
  name: string,
): WindowKey {
  switch (per.kind) {
    case 'session':
      return { key: `session/${name}`, endMs: null };
    case 'agent':
      return { key: `agent/${name}`, endMs: null };
    case 'day':
      return dayWindow(context, name);
    case 'window':
      return tumbling(context.now, per.lengthMs, name);
  }
}

function dayWindow(context: Pick<Context, 'pact' | 'now'>, name: string): WindowKey {
  const offsetMs = context.pact.offsetMs(context.now);
  const day = Math.floor((context.now + offsetMs) / DAY_MS);
  // The offset at the end of the day, which is not today's when the clocks change in between.
  const nearEndMs = (day + 1) * DAY_MS - offsetMs;
  const endMs = (day + 1) * DAY_MS - context.pact.offsetMs(nearEndMs);
  return { key: `day/${day}/${name}`, endMs };
}

function tumbling(now: number, lengthMs: number, name: string): WindowKey {
  const index = Math.floor(now / lengthMs);
  return { key: `window/${index}/${name}`, endMs: (index + 1) * lengthMs };
}
