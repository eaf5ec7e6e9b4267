import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/** A value as it is put in a file. */
export type Written = string | number | boolean | null | object;

/**
 * Returns a JSON text (comments and trailing commas allowed) with a member or an item put at the
 * beginning of what is at a path. Everything else stays byte for byte; `takeOut` is its inverse.
 */
export function putFirst(
  text: string,
  path: JSONPath,
  { name, value }: { readonly name: string | null; readonly value: Written },
): string {
  const holder = nodeAt(text, path);
  if (holder === undefined) return text;
  const isEmpty = (holder.children ?? []).length === 0;
  const outer = indentAt(text, holder.offset);
  const inner = `${outer}${unitOf(text)}`;
  const eol = lineEnd(text);
  const printed = JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `${eol}${inner}`);
  const member = name === null ? printed : `${JSON.stringify(name)}: ${printed}`;
  const at = holder.offset + 1;
  const behind = isEmpty ? closingOf(text, { at, outer, eol }) : ',';
  return `${text.slice(0, at)}${eol}${inner}${member}${behind}${text.slice(at)}`;
}

// What stands in an empty holder, such as a comment, stays in front of its end.
function closingOf(
  text: string,
  { at, outer, eol }: { readonly at: number; readonly outer: string; readonly eol: string },
): string {
  return /^\s*[}\]]/.test(text.slice(at)) && !/^[}\]]/.test(text.slice(at)) ? '' : `${eol}${outer}`;
}

/** Returns a JSON text without the member or item at a path; everything else stays. */
export function takeOut(text: string, path: JSONPath): string {
  const value = nodeAt(text, path);
  const node = value?.parent?.type === 'property' ? value.parent : value;
  const holder = node?.parent;
  if (node === undefined || holder === undefined) return text;
  const siblings = holder.children ?? [];
  const index = siblings.indexOf(node);
  const before = siblings[index - 1];
  const end = node.offset + node.length;
  if (before !== undefined) return text.slice(0, endOf(before)) + text.slice(end);
  const start = holder.offset + 1;
  const next = siblings[index + 1];
  if (next !== undefined) {
    const comma = text.indexOf(',', end);
    return text.slice(0, start) + text.slice(comma + 1);
  }
  const close = holder.offset + holder.length - 1;
  const rest = text.slice(end, close);
  return text.slice(0, start) + (/^[\s,]*$/.test(rest) ? '' : rest) + text.slice(close);
}

/** Returns what a JSON text holds at a path, or undefined. */
export function nodeAt(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true });
  return root === undefined ? undefined : findNodeAtLocation(root, path);
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
  return /^[\t ]*/.exec(line)?.[0] ?? '';
}

/** One step of indentation, as the file has it. */
function unitOf(text: string): string {
  return /^\s*\{[^\S\n]*\r?\n([\t ]+)/.exec(text)?.[1] ?? '  ';
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
