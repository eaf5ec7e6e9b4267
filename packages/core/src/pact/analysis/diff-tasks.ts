import type { CompiledPact, Layer, Task } from '../compiled.ts';
import { matchesAny } from '../glob.ts';
import { setting } from './change.ts';
import type { Change } from './change.ts';

/** Returns how tasks changed: which there are, their tools, and where arguments may come from. */
export function taskChanges(before: CompiledPact, after: CompiledPact): readonly Change[] {
  const count = Math.max(before.layers.length, after.layers.length);
  return Array.from({ length: count }, (_, index) => {
    const [old, next] = [before.layers[index], after.layers[index]];
    const tools = new Set([...before.tools.keys(), ...after.tools.keys()]);
    return layerChanges(tasksOf(old), tasksOf(next), tools);
  }).flat();
}

type Tasks = ReadonlyMap<string, Task>;

function tasksOf(layer: Layer | undefined): Tasks | null {
  return layer?.tasks ?? null;
}

function layerChanges(
  before: Tasks | null,
  after: Tasks | null,
  tools: ReadonlySet<string>,
): readonly Change[] {
  if (before === null && after === null) return [];
  const none = { before: null, after: null };
  if (after === null) {
    return [setting('tasks', 'sessions are no longer narrowed to tasks', none)];
  }
  const fresh: Change[] =
    before === null ? [setting('tasks', 'every session now needs one of the tasks', none)] : [];
  const old: Tasks = before ?? new Map<string, Task>();
  const changes = [...after.values()].flatMap((task) => {
    const was = old.get(task.name);
    if (was === undefined) return [addedTask(task)];
    return [...toolChanges(was, task, tools), ...sourceChanges(was, task), ...otherwise(was, task)];
  });
  const gone = [...old.values()].filter(({ name }) => !after.has(name)).map(goneTask);
  return [...fresh, ...changes, ...gone];
}

function addedTask({ name, tools }: Task): Change {
  const after = tools.join(', ');
  return setting(`task ${name}`, `task \`${name}\` is new: ${after}`, { before: null, after });
}

function goneTask({ name, tools }: Task): Change {
  const values = { before: tools.join(', '), after: null };
  return setting(`task ${name}`, `task \`${name}\` is gone: its sessions are refused`, values);
}

function toolChanges(was: Task, is: Task, tools: ReadonlySet<string>): readonly Change[] {
  const all = new Set([...tools, ...was.tools, ...is.tools].filter((name) => !name.includes('*')));
  const added = [...all].filter((t) => !matchesAny(was.tools, t) && matchesAny(is.tools, t));
  const gone = [...all].filter((t) => matchesAny(was.tools, t) && !matchesAny(is.tools, t));
  const values = { before: was.tools.join(', '), after: is.tools.join(', ') };
  const about = `task ${is.name}`;
  return [
    ...(added.length === 0
      ? []
      : [setting(about, `task \`${is.name}\` may now also use ${quoted(added)}`, values)]),
    ...(gone.length === 0
      ? []
      : [setting(about, `task \`${is.name}\` may no longer use ${quoted(gone)}`, values)]),
  ];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function sourceChanges(was: Task, is: Task): readonly Change[] {
  const targets = new Set(
    [...was.sources, ...is.sources].map(({ tool, path }) => `${tool}.${path}`),
  );
  return [...targets].flatMap((target) => {
    const [old, next] = [was, is].map(({ sources }) => {
      return sources.find(({ tool, path }) => `${tool}.${path}` === target)?.sources ?? null;
    });
    return targetChanges({ task: is.name, target }, old ?? null, next ?? null);
  });
}

type Target = { readonly task: string; readonly target: string };

function targetChanges(
  { task, target }: Target,
  old: readonly string[] | null,
  next: readonly string[] | null,
): readonly Change[] {
  const about = `task ${task}`;
  const values = { before: old?.join(', ') ?? null, after: next?.join(', ') ?? null };
  const say = (text: string): Change =>
    setting(about, `task \`${task}\`: \`${target}\` may ${text}`, values);
  if (next === null) return old === null ? [] : [say('now come from anywhere')];
  if (old === null) return [say(`now come only from ${quoted(next)}`)];
  const added = next.filter((source) => !old.includes(source));
  const gone = old.filter((source) => !next.includes(source));
  return [
    ...(added.length === 0 ? [] : [say(`now also come from ${quoted(added)}`)]),
    ...(gone.length === 0 ? [] : [say(`no longer come from ${quoted(gone)}`)]),
  ];
}

function otherwise(was: Task, is: Task): readonly Change[] {
  if (was.otherwise === is.otherwise) return [];
  const values = { before: was.otherwise, after: is.otherwise };
  const what = is.otherwise === 'deny' ? 'is now refused' : 'now needs approval';
  return [setting(`task ${is.name}`, `what task \`${is.name}\` does not cover ${what}`, values)];
}
