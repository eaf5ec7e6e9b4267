import type { UndoArgument } from '../compiled.ts';
import type { Placed, UndoDocument } from '../document.ts';
import {
  hasKey,
  json,
  matching,
  open,
  openEntries,
  optional,
  placed,
  required,
  type Reader,
} from '../reader.ts';
import { isPath, isToolName } from '../scalars.ts';
import type { Entry } from '../source.ts';

const toolName: Reader<string> = matching(isToolName, {
  code: 'bad-name',
  wanted: 'the name of a tool',
});

/** Reads what takes a tool back: the name of a tool, or one with where its arguments come from. */
export const undoing: Reader<UndoDocument> = (findings, node) => {
  if (node.kind === 'scalar') {
    const tool = placed(toolName)(findings, node);
    return tool === undefined ? undefined : { tool, args: [] };
  }
  const fields = open(findings, node, { what: '`undo`', keys: ['tool', 'args'] });
  const tool = required(fields, 'tool', { read: placed(toolName), or: undefined });
  const args = optional(fields, 'args', { read: mapping, or: [] });
  return tool === undefined ? undefined : { tool, args };
};

const mapping: Reader<UndoDocument['args']> = (findings, node) => {
  const entries = openEntries(findings, node, 'a mapping of arguments of the undo tool');
  return entries.flatMap((entry) => {
    const { key, place } = entry;
    if (!isPath(key) || key.includes('.')) {
      const message = `\`${key}\` is no argument: name one of the undo tool, without a dot`;
      findings.error({ code: 'bad-path', place, message });
      return [];
    }
    const read = source(findings, entry.value);
    if (read === undefined) return [];
    const argument: UndoArgument = { name: key, ...read };
    return [{ name: { value: key, place }, path: pathIn(entry, argument), argument }];
  });
};

type Source =
  | { readonly from: 'args' | 'result'; readonly path: string }
  | { readonly from: 'value'; readonly value: UndoConstant };
type UndoConstant = Extract<UndoArgument, { readonly from: 'value' }>['value'];

const source: Reader<Source> = (findings, node) => {
  if (hasKey(node, 'value')) {
    const fields = open(findings, node, { what: 'an argument of `undo`', keys: ['value'] });
    return { from: 'value', value: required(fields, 'value', { read: json, or: null }) };
  }
  const written = where(findings, node);
  if (written === undefined) return undefined;
  const [from = '', ...rest] = written.split('.');
  return { from: from === 'args' ? 'args' : 'result', path: rest.join('.') };
};

const where: Reader<string> = matching(isWhere, {
  code: 'bad-path',
  wanted: '`args.<path>`, `result.<path>`, `result`, or `{ value: … }`',
});

function isWhere(written: string): boolean {
  return isPath(written) && /^(args\.|result(\.|$))/.test(written);
}

function pathIn({ value }: Entry, argument: UndoArgument): Placed<string> | null {
  return argument.from === 'args' ? { value: argument.path, place: value.place } : null;
}
