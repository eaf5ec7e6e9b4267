import { nearest } from '@plumbline/core';

import type { Desk } from '../desk.ts';
import type { HaltOrder } from './order.ts';

/**
 * Returns what is odd about a halt that names a tool or a task, or null. It is in force all the
 * same: whoever is in a hurry must hear that what they meant may go on.
 */
export function warningOf({ agents }: Desk, { agent, scope, target }: HaltOrder): string | null {
  const pact = agent === null ? undefined : agents.get(agent)?.pact;
  if (pact === undefined || pact === null || (scope !== 'tool' && scope !== 'task')) return null;
  const tasks = pact.layers.flatMap((layer) => [...(layer.tasks?.keys() ?? [])]);
  const known = scope === 'tool' ? [...pact.tools.keys()] : tasks;
  const isBuiltIn = scope === 'tool' && /^(?:output|handoff)\./.test(target);
  if (isBuiltIn || known.includes(target)) return null;
  const meant = nearest(target, known);
  const hint = meant === null ? '' : `, did you mean \`${meant}\``;
  const what = `${scope} \`${target}\`${hint}`;
  return `the armed pact knows no ${what}: only what has that name is stopped`;
}
