import type { JsonObject } from '@plumbline/core';

import { letOn, readShared } from './claude-code.ts';
import { nameIn } from './fields.ts';
import type { Dialect, HookAnswer, HookEvent, Spoken } from './hook-event.ts';

/** Codex. Source: developers.openai.com/codex/hooks. */
export const codex: Dialect = { prefix: 'codex.', read, write };

function read(event: string, body: JsonObject): HookEvent | null {
  const session = nameIn(body, 'session_id');
  if (session === null) return null;
  if (event !== 'Interrupt') return readShared(event, session, body);
  return { kind: 'pause', session, by: nameIn(body, 'agent_id') };
}

/**
 * Codex lets everything through whose answer has a member it does not take at that event, so a
 * refusal is an exit code and never an answer.
 */
function write(event: HookEvent, name: string, answer: HookAnswer): Spoken {
  if (answer.kind !== 'refuse') return letOn(name, answer);
  const { say, isStopped } = answer;
  if (isStopped && (event.kind === 'after' || event.kind === 'prompt')) {
    return { kind: 'json', value: { continue: false, stopReason: say } };
  }
  return { kind: 'block', say, value: { decision: 'block', reason: say } };
}
