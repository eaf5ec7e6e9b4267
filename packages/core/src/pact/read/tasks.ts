import type { Placed, TaskDocument } from '../document.ts';
import {
  choice,
  duration,
  matching,
  oneOrMany,
  open,
  openEntries,
  optional,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Findings, Reader } from '../reader.ts';
import { isName, isToolPattern } from '../scalars.ts';
import type { Entry, SourceNode } from '../source.ts';
import { approvers } from './approval.ts';
import { toolPatterns } from './rules.ts';

const KEYS = ['tools', 'sources', 'otherwise', 'approvers', 'within', 'say'];

/** Reads the tasks, in document order. */
export const tasks: Reader<readonly TaskDocument[]> = (findings, node) => {
  if (node.kind === 'map' && node.entries.length === 0) {
    const message = '`tasks` without a task lets no session act: name one, or drop `tasks`';
    return findings.error({ code: 'missing-field', place: node.place, message });
  }
  const entries = openEntries(findings, node, 'a mapping of tasks');
  return entries.map((entry) => readTask(findings, entry));
};

function readTask(findings: Findings, { key: name, place, value }: Entry): TaskDocument {
  if (!isName(name)) {
    const message = `\`${name}\` is no name of a task: use letters, digits, \`-\` and \`_\``;
    findings.error({ code: 'bad-name', place, message });
  }
  const fields = open(findings, value, { what: `task \`${name}\``, keys: KEYS });
  return {
    name,
    place,
    tools: required(fields, 'tools', { read: toolPatterns, or: [] }),
    sources: optional(fields, 'sources', { read: sources, or: [] }),
    otherwise: optional(fields, 'otherwise', { read: choice(['deny', 'step_up']), or: 'deny' }),
    approvers: optional(fields, 'approvers', { read: approvers, or: null }),
    withinMs: optional(fields, 'within', { read: duration, or: null }),
    say: optional(fields, 'say', { read: text, or: null }),
  };
}

const source: Reader<string> = matching((value) => isToolPattern(value.replace(':', '.')), {
  code: 'bad-name',
  wanted: 'a source: `principal`, `session`, `agent`, `trusted`, `untrusted`, a tool or its field',
});

const sourceNames: Reader<readonly Placed<string>[]> = oneOrMany(placed(source));

const sources: Reader<TaskDocument['sources']> = (findings: Findings, node: SourceNode) =>
  openEntries(findings, node, 'a mapping of arguments to sources').map(({ key, place, value }) => ({
    target: { value: key, place },
    sources: sourceNames(findings, value) ?? [],
  }));
