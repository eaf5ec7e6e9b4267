import type { CompiledPact } from '@plumbline/core';

const MOST_NAMED = 20;

/**
 * Returns why no session can be opened for a task, or null. A layer with tasks that does not know
 * the task denies every tool, which whoever opens the session would learn only from the agent.
 */
export function whyNotTask({ layers }: CompiledPact, task: string | null): string | null {
  const narrowing = layers.flatMap(({ tasks }) => (tasks === null ? [] : [tasks]));
  if (task === null || narrowing.every((tasks) => tasks.has(task))) return null;
  const [first, ...others] = narrowing;
  const known = [...(first?.keys() ?? [])].filter((name) => others.every((of) => of.has(name)));
  const names = known.slice(0, MOST_NAMED).map((name) => `\`${name}\``);
  const more = known.length > MOST_NAMED ? ', …' : '';
  const all = names.length === 0 ? 'none in every layer' : `${names.join(', ')}${more}`;
  return `\`task\` is none of the armed pact's: it knows ${all}`;
}
