import type { Task } from '../../pact/compiled.ts';
import { matchesTool } from '../../pact/glob.ts';
import { askOne } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { isOutput } from '../tools.ts';
import type { Finding } from '../verdict.ts';

/** Returns the task of the session as the layer knows it, or null. */
export function taskOf(context: Context, view: LayerView): Task | null {
  const name = context.attested?.task ?? null;
  return name === null ? null : (view.layer.tasks?.get(name) ?? null);
}

/** Returns what the session's task makes of a tool it does not list. */
export function task(context: Context, view: LayerView): readonly Finding[] {
  if (view.layer.tasks === null || isOutput(context.action.tool)) return NOTHING;
  const current = taskOf(context, view);
  if (current === null) {
    const say = 'the session has no task this pact knows';
    return [{ stage: 'task', rule: 'task', kind: 'deny', say }];
  }
  if (current.tools.some((glob) => matchesTool(glob, context.action.tool))) return NOTHING;
  return [outside(current)];
}

function outside(current: Task): Finding {
  const rule = `task:${current.name}`;
  if (current.otherwise === 'deny') {
    return { stage: 'task', rule, kind: 'deny', say: current.say, violation: true };
  }
  return askOne({ stage: 'task', rule, say: current.say }, current);
}
