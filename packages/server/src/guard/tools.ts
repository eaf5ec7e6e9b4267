import { canonical, type JsonObject, usableTools } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { RefusedCall } from './noted-types.ts';
import type { UsableTools } from './tool-types.ts';
import { done, refuse } from './refusal.ts';
import { isShallow } from './shallow.ts';
import {
  amongWaiting,
  durably,
  findAgent,
  findSession,
  recordNote,
  type Recorded,
} from './turn.ts';

/** Returns what an agent may be shown in an open session. */
export function usableIn(
  desk: Desk,
  of: { readonly agent: string; readonly session: string },
): Outcome<UsableTools> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { pact, state } = found.value.live;
  if (pact === null) return refuse('not-armed', `\`${of.agent}\` has no armed pact: publish one`);
  const task = state.sessions.get(of.session)?.task ?? null;
  return done({
    pact: pact.digest,
    declared: [...pact.tools.keys()],
    usable: usableTools(pact, task),
  });
}

/** Returns whether the armed pact of an agent halts on a finding; false where none is armed. */
export function haltsOn(desk: Desk, agent: string, finding: string): boolean {
  const found = findAgent(desk, agent);
  return found.ok && found.value.pact?.haltOn.includes(finding) === true;
}

/** Writes down a call that was refused before anything was decided, with what was asked. */
export async function recordRefusedCall(desk: Desk, call: RefusedCall): Promise<Outcome<Recorded>> {
  const found = findSession(desk, call);
  if (!found.ok) return found;
  const { tool, args, server, why } = call;
  if (!isShallow(args)) return refuse('too-large', '`args` is nested too deep: flatten it');
  const { live, session } = found.value;
  // The canonical form is what later readings print again.
  const secret = { action: { tool, args: JSON.parse(canonical(args)) as JsonObject } };
  const open = { tool: live.pact?.tools.has(tool) === true ? tool : null, server, why };
  const note = { kind: 'tool_refused', open, session, secret } as const;
  return amongWaiting(desk, live, () => durably(desk, () => done(recordNote(desk, live, note))));
}
