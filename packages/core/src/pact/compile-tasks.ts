import { splitTarget } from './check/tasks.ts';
import type { SourceRule, Task } from './compiled.ts';
import type { PactDocument, TaskDocument } from './document.ts';
import { matchesTool } from './glob.ts';

/** Returns the tasks of a layer by name, its defaults filled in. */
export function compileTasks(
  document: PactDocument,
  tasks: readonly TaskDocument[],
): ReadonlyMap<string, Task> {
  return new Map(tasks.map((task) => [task.name, compileTask(document, task)] as const));
}

function compileTask(document: PactDocument, task: TaskDocument): Task {
  const { name, otherwise, approvers, withinMs, say } = task;
  return {
    name,
    tools: task.tools.map(({ value }) => value),
    sources: task.sources.flatMap((source) => compileSource(task, source)),
    otherwise,
    approvers: approvers ?? document.approvers,
    withinMs: withinMs ?? document.approvalWithinMs,
    say: say ?? `this is outside the task \`${name}\``,
  };
}

/** The tools a key may start with are those the task lists, which the check has made sure of. */
function compileSource(
  task: TaskDocument,
  { target, sources }: TaskDocument['sources'][number],
): readonly SourceRule[] {
  const listed = task.tools.map(({ value }) => value);
  const segments = target.value.split('.');
  const prefixes = segments.map((_, index) => segments.slice(0, index + 1).join('.'));
  const named = prefixes.filter((prefix) => listed.some((tool) => matchesTool(tool, prefix)));
  const found = splitTarget(named, target.value);
  if (found === null) return [];
  const names = sources.map(({ value }) => value);
  return [{ ...found, sources: names, otherwise: task.otherwise }];
}
