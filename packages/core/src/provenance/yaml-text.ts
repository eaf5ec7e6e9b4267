import type { Trust } from '../pact/compiled.ts';
import type { Field, Purpose, Tree } from './fields.ts';
import { MAX_DEPTH, addLeaf, beginMapping, child, fieldTree } from './fields.ts';
import type { Cursor } from './yaml-scalar.ts';
import { isAtLineEnd, readKey, readScalar, startsKey } from './yaml-scalar.ts';

/**
 * Fields of YAML text, read strictly: only what a block-style emitter prints is split (PyYAML's
 * `safe_dump` with `default_flow_style=False`, its keys sorted or not, any line width).
 *
 * Why text inside a scalar can never become a field. An emitter writes every line of a scalar that
 * goes on below its key with two blanks more than the mapping or list it belongs to, or empty
 * inside quotes. The reader takes as structure only lines indented by exactly what the open mapping
 * or list is, reads quoted scalars to their closing quote first, and refuses the whole text when a
 * line is neither. What an emitter never prints is refused as well, because readers could differ
 * about it: anchors, aliases, tags, comments, directives, several documents, flow collections other
 * than `[]` and `{}`, block scalars, complex keys, merge keys, tabs and other control characters,
 * Unicode line breaks, a key without a value, a key twice, other indentation, and a plain scalar
 * with `: ` or ` #` in it.
 *
 * One pass, no looking back: linear in the text.
 */
const neverPrinted = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/**
 * Returns the fields of a YAML mapping or list, or null when the text is not strictly that.
 *
 * Scalars are leaves as they are spelled, strings decoded; null and booleans hold no text. One
 * final line break is allowed.
 */
export function fieldsOfYamlText(
  text: string,
  trust: Trust,
  purpose: Purpose = 'fields',
): Tree | null {
  const tree = fieldTree(trust, purpose);
  const cursor: Cursor = { text, at: 0, indent: 0, colon: -1 };
  const isRead =
    readEmpty(cursor) || readBlock({ cursor, tree }, tree.root, { indent: 0, depth: 1 });
  return isRead && cursor.indent === -1 && !neverPrinted.test(text) ? tree : null;
}

type Reader = { readonly cursor: Cursor; readonly tree: Tree };
/** The column a block's lines begin at, and how many blocks it lies in. */
type Place = { readonly indent: number; readonly depth: number };

function deeper(place: Place): Place {
  return { indent: place.indent + 2, depth: place.depth + 1 };
}

function isDash({ text, at }: Cursor): boolean {
  return text.charCodeAt(at) === 45 && text.charCodeAt(at + 1) === 32;
}

/** Steps to the first character of the next line; `indent` is negative past the last. */
function nextLine(cursor: Cursor): true {
  const start = cursor.at + 1;
  let at = start;
  while (cursor.text.charCodeAt(at) === 32) at += 1;
  cursor.at = at;
  cursor.indent = at < cursor.text.length ? at - start : start < at ? -2 : -1;
  return true;
}

function readBlock(reader: Reader, field: Field, place: Place): boolean {
  if (place.depth > MAX_DEPTH) return false;
  return isDash(reader.cursor) ? readList(reader, field, place) : readMapping(reader, field, place);
}

/**
 * Reads a list at its first dash. Its lines may be indented like those of the mapping it is in.
 *
 * A line that no open block goes on with ends them all, and the text is not read to its end.
 */
function readList(reader: Reader, field: Field, place: Place): boolean {
  const { cursor } = reader;
  do {
    cursor.at += 2;
    if (!readItem(reader, field, deeper(place))) return false;
  } while (cursor.indent === place.indent && isDash(cursor));
  return true;
}

function readItem(reader: Reader, field: Field, place: Place): boolean {
  const { cursor } = reader;
  if (readEmpty(cursor)) return true;
  if (isDash(cursor) || startsKey(cursor)) return readBlock(reader, field, place);
  return readLeaf(reader, field, place.indent);
}

/** Reads a mapping at its first key. */
function readMapping(reader: Reader, field: Field, place: Place): boolean {
  const { cursor, tree } = reader;
  const mapping = beginMapping(tree);
  do {
    const name = readKey(cursor);
    const below = name === null ? null : child(tree, field, { name, mapping });
    if (below === null || !readValue(reader, below, place)) return false;
  } while (cursor.indent === place.indent && !isDash(cursor));
  return true;
}

/** Reads what follows a key's colon: a scalar on the line, or a block on the next ones. */
function readValue(reader: Reader, field: Field, place: Place): boolean {
  const { cursor } = reader;
  if (!isAtLineEnd(cursor)) {
    cursor.at += 1;
    return readEmpty(cursor) || readLeaf(reader, field, place.indent + 2);
  }
  nextLine(cursor);
  const isBeside = isDash(cursor);
  if (cursor.indent !== place.indent + (isBeside ? 0 : 2)) return false;
  const below = { indent: cursor.indent, depth: place.depth + 1 };
  return readBlock(reader, field, below);
}

/** Reads `[]` or `{}` when the rest of the line is just that. */
function readEmpty(cursor: Cursor): boolean {
  const { text, at } = cursor;
  const isEmpty = text.startsWith('[]', at) || text.startsWith('{}', at);
  if (!isEmpty || !isAtLineEnd({ ...cursor, at: at + 2 })) return false;
  cursor.at = at + 2;
  return nextLine(cursor);
}

function readLeaf({ cursor, tree }: Reader, field: Field, indent: number): boolean {
  const leaf = readScalar(cursor, indent);
  if (leaf === null || !isAtLineEnd(cursor)) return false;
  if (leaf.isText && !addLeaf(tree, field, leaf.text)) return false;
  return nextLine(cursor);
}
