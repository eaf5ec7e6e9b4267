import type { Trust } from '../pact/compiled.ts';
import type { Field, Purpose, Tree } from './fields.ts';
import { MAX_DEPTH, addLeaf, beginMapping, child, fieldTree } from './fields.ts';

/**
 * Fields of JSON text, read strictly: a text is split only when it is spelled the way a printer
 * spells it throughout, no object repeats a key, and nothing is left over.
 *
 * Readers of JSON disagree about the rest (which of two equal keys counts, what a comment is), and
 * where readers disagree, text could pass for a field. Text inside a string cannot leave it: a
 * string ends at its first quote without a back slash, whatever it holds.
 */

/** How a printer spells structure: after a comma, a colon and an opening bracket. */
type Style = {
  readonly comma: string;
  readonly colon: string;
  /** Printed on a line of its own, indented by this much per level; empty for one line. */
  readonly indent: string;
};

/** `JSON.stringify`, Python's `json.dumps`, and both with an indent of two, four or a tab. */
const styles: readonly Style[] = [
  { comma: ',', colon: ':', indent: '' },
  { comma: ', ', colon: ': ', indent: '' },
  { comma: ',', colon: ': ', indent: '  ' },
  { comma: ',', colon: ': ', indent: '    ' },
  { comma: ',', colon: ': ', indent: '\t' },
];

type Cursor = { readonly text: string; readonly style: Style; readonly tree: Tree; at: number };

/**
 * Returns the fields of a JSON object or array, or null when the text is not strictly that.
 *
 * Strings are decoded; numbers are leaves as they are spelled. One final line break is allowed.
 */
export function fieldsOfJsonText(
  text: string,
  trust: Trust,
  purpose: Purpose = 'fields',
): Tree | null {
  if (text[0] !== '{' && text[0] !== '[') return null;
  for (const style of styles) {
    const cursor: Cursor = { text, style, tree: fieldTree(trust, purpose), at: 0 };
    const isRead = readValue(cursor, cursor.tree.root, 0);
    if (isRead && isAtEnd(text, cursor.at)) return cursor.tree;
  }
  return null;
}

function isAtEnd(text: string, at: number): boolean {
  return at === text.length || (at === text.length - 1 && text[at] === '\n');
}

function readValue(cursor: Cursor, field: Field, depth: number): boolean {
  switch (cursor.text[cursor.at]) {
    case '{':
      return depth < MAX_DEPTH && readObject(cursor, field, depth + 1);
    case '[':
      return depth < MAX_DEPTH && readArray(cursor, field, depth + 1);
    case '"': {
      const text = readString(cursor);
      return text !== null && addLeaf(cursor.tree, field, text);
    }
    default:
      return readScalar(cursor, field);
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const words: readonly string[] = ['true', 'false', 'null'];

function readScalar(cursor: Cursor, field: Field): boolean {
  const word = words.find((each) => cursor.text.startsWith(each, cursor.at));
  number.lastIndex = cursor.at;
  const digits = word === undefined ? number.exec(cursor.text)?.[0] : undefined;
  cursor.at += (word ?? digits ?? '').length;
  if (digits !== undefined) return addLeaf(cursor.tree, field, digits);
  return word !== undefined;
}

const end = /["\\\x00-\x1f]/g;

/** Reads a string at its opening quote; null when it has no end or an escape JSON does not know. */
function readString(cursor: Cursor): string | null {
  const start = cursor.at;
  let hasEscape = false;
  end.lastIndex = start + 1;
  for (let match = end.exec(cursor.text); match !== null; match = end.exec(cursor.text)) {
    if (match[0] === '"') {
      cursor.at = match.index + 1;
      return hasEscape
        ? decode(cursor.text.slice(start, cursor.at))
        : cursor.text.slice(start + 1, match.index);
    }
    if (match[0] !== '\\') return null;
    hasEscape = true;
    end.lastIndex = match.index + 2;
  }
  return null;
}

function decode(quoted: string): string | null {
  try {
    const decoded: unknown = JSON.parse(quoted);
    return typeof decoded === 'string' ? decoded : null;
  } catch {
    return null;
  }
}

function readArray(cursor: Cursor, field: Field, depth: number): boolean {
  if (skip(cursor, '[]')) return true;
  cursor.at += 1;
  do {
    if (!skip(cursor, lineStart(cursor, depth)) || !readValue(cursor, field, depth)) return false;
  } while (skip(cursor, cursor.style.comma));
  return skip(cursor, `${lineStart(cursor, depth - 1)}]`);
}

function readObject(cursor: Cursor, field: Field, depth: number): boolean {
  if (skip(cursor, '{}')) return true;
  cursor.at += 1;
  const mapping = beginMapping(cursor.tree);
  do {
    if (!skip(cursor, lineStart(cursor, depth))) return false;
    const name = cursor.text[cursor.at] === '"' ? readString(cursor) : null;
    if (name === null || !skip(cursor, cursor.style.colon)) return false;
    const below = child(cursor.tree, field, { name, mapping });
    if (below === null || !readValue(cursor, below, depth)) return false;
  } while (skip(cursor, cursor.style.comma));
  return skip(cursor, `${lineStart(cursor, depth - 1)}}`);
}

function lineStart(cursor: Cursor, depth: number): string {
  return cursor.style.indent === '' ? '' : `\n${cursor.style.indent.repeat(depth)}`;
}

function skip(cursor: Cursor, expected: string): boolean {
  if (!cursor.text.startsWith(expected, cursor.at)) return false;
  cursor.at += expected.length;
  return true;
}
