import { noAgent } from '../guard/refusal.ts';
import type { Api } from './api.ts';
import type { Caller } from './caller.ts';
import { isFor } from './rights.ts';
import { refuse, type Reply } from './route.ts';

/** Why an agent that a list is asked for by name cannot be; null when it can, or none is named. */
export function refuseNamed(
  { guard }: Pick<Api, 'guard'>,
  caller: Caller,
  agent: string | undefined,
): Reply | null {
  if (agent === undefined) return null;
  if (isFor(caller, agent) && guard.status(agent) !== undefined) return null;
  return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
}
