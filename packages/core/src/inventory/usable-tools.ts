import type { CompiledPact, Layer, Tool } from '../pact/compiled.ts';
import { matchesTool } from '../pact/glob.ts';

/**
 * Returns the declared tools of a pact that an agent could be let through for in a session of some
 * task, with the right arguments and people's approval: what a list of tools may show.
 *
 * A tool is left out when every call of it is refused: no rule allows it in some layer, a rule
 * without a condition excludes it, the task or the autonomy level keeps it from the session, or it
 * changes the agent itself or reaches what judges it. What is listed can still be refused.
 */
export function usableTools(pact: CompiledPact, task: string | null): readonly string[] {
  return [...pact.tools.values()]
    .filter((tool) => !isProtected(tool) && pact.layers.every((layer) => isOpen(layer, tool, task)))
    .map(({ name }) => name);
}

function isProtected({ touches, effect }: Tool): boolean {
  return touches.includes('evaluator') || (touches.includes('self') && effect !== 'read');
}

function isOpen(layer: Layer, tool: Tool, task: string | null): boolean {
  const rules = layer.rulesFor(tool.name);
  if (!rules.allow.some(({ rule }) => rule.mode === 'enforce')) return false;
  const isExcluded = rules.exclude.some(
    ({ mode, when, unless }) => mode === 'enforce' && when === null && unless === null,
  );
  return !isExcluded && isWithinLevel(layer, tool) && isWithinTask(layer, tool, task);
}

function isWithinLevel({ autonomy }: Layer, { effect, isOpenWorld }: Tool): boolean {
  return autonomy !== 1 || (!isOpenWorld && (effect === 'read' || effect === null));
}

function isWithinTask({ tasks }: Layer, { name }: Tool, task: string | null): boolean {
  if (tasks === null) return true;
  const current = task === null ? undefined : tasks.get(task);
  if (current === undefined) return false;
  return current.otherwise === 'step_up' || current.tools.some((glob) => matchesTool(glob, name));
}
