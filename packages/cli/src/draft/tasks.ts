import {
  formatDiagnostic,
  parseSource,
  toJson,
  type DraftTask,
  type SourceNode,
} from '@plumbline/core';

import { jsonText } from '../readers/fields.ts';
import { Stop } from '../stop.ts';

const KEYS = ['name', 'description', 'tools'];

/**
 * Returns the tasks of a YAML or JSON text: a list of names or of `{name, description, tools}`, or
 * a mapping of names to descriptions; either may stand under `tasks`.
 *
 * Errors: `Stop` at `file:line:column`.
 */
export function readTasks(text: string, file: string): readonly DraftTask[] {
  const source = parseSource(text, file);
  if (!source.ok) throw new Stop(formatDiagnostic(source.error));
  return tasksOf(source.value);
}

function tasksOf(node: SourceNode): readonly DraftTask[] {
  if (node.kind === 'list') return node.items.map(taskOf);
  if (node.kind !== 'map') throw wrong(node, 'the tasks are neither a list nor a mapping');
  const [first] = node.entries;
  if (node.entries.length === 1 && first?.key === 'tasks') return tasksOf(first.value);
  return node.entries.map(({ key, value }) => ({ name: key, ...described(value, key) }));
}

function taskOf(node: SourceNode): DraftTask {
  if (node.kind === 'scalar' && typeof node.value === 'string') return { name: node.value };
  if (node.kind !== 'map') throw wrong(node, 'a task is a name or a mapping');
  const name = node.entries.find(({ key }) => key === 'name')?.value;
  if (name?.kind !== 'scalar' || typeof name.value !== 'string') {
    throw wrong(node, 'a task has no `name`');
  }
  return { name: name.value, ...described(node, name.value) };
}

function described(node: SourceNode, name: string): Omit<DraftTask, 'name'> {
  if (node.kind === 'scalar') return node.value === null ? {} : { description: String(node.value) };
  if (node.kind !== 'map') throw wrong(node, `task \`${name}\` is not described by text`);
  for (const { key, place } of node.entries) {
    if (KEYS.includes(key)) continue;
    const at = `${place.file}:${place.line}:${place.column}`;
    throw new Stop(`unknown key \`${key}\` of a task, one of ${KEYS.join(', ')}`, at);
  }
  const get = (wanted: string): SourceNode | undefined =>
    node.entries.find(({ key }) => key === wanted)?.value;
  const [description, tools] = [get('description'), get('tools')];
  return {
    ...(description !== undefined && { description: jsonText(toJson(description)) }),
    ...(tools !== undefined && { tools: names(tools) }),
  };
}

function names(node: SourceNode): readonly string[] {
  if (node.kind !== 'list') throw wrong(node, '`tools` is not a list of names');
  return node.items.map((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return item.value;
    throw wrong(item, 'the name of a tool is not text');
  });
}

function wrong({ place }: SourceNode, message: string): Stop {
  return new Stop(message, `${place.file}:${place.line}:${place.column}`);
}
