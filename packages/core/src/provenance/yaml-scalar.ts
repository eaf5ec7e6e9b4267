/**
 * Where reading is. `indent` is the indentation of the line begun last, -1 past the last line;
 * `colon` is where the plain line looked at last ends as a key, or -1.
 */
export type Cursor = { readonly text: string; at: number; indent: number; colon: number };

/** A scalar's text; null and booleans are none. */
export type Scalar = { readonly text: string; readonly isText: boolean };

const BREAK = 10;
const BLANK = 32;

/** Returns whether the cursor is at the end of a line or of the text. */
export function isAtLineEnd({ text, at }: Pick<Cursor, 'text' | 'at'>): boolean {
  return at >= text.length || text.charCodeAt(at) === BREAK;
}

/** Returns whether what is at the cursor is a key; the cursor stays. */
export function startsKey(cursor: Cursor): boolean {
  const { at } = cursor;
  const isKey = readKey(cursor) !== null;
  cursor.at = at;
  return isKey;
}

/**
 * Returns the key at the cursor, which is moved past its colon; null when there is none.
 *
 * A key is on one line, and its colon is followed by a blank or the end of the line.
 */
export function readKey(cursor: Cursor): string | null {
  const { text, at } = cursor;
  const first = text[at];
  if (first === "'" || first === '"') {
    const name = readQuoted(cursor, -1);
    return name !== null && name !== '' && skipColon(cursor) ? name : null;
  }
  if (!startsPlain(text, at) || plainEnd(cursor) === -1 || cursor.colon === -1) return null;
  const name = text.slice(at, cursor.colon);
  cursor.at = cursor.colon + 1;
  return name.endsWith(' ') || reserved.has(name) ? null : name;
}

function skipColon(cursor: Cursor): boolean {
  const { text, at } = cursor;
  cursor.at = at + 1;
  return text[at] === ':' && (isAtLineEnd(cursor) || text.charCodeAt(at + 1) === BLANK);
}

/**
 * Returns the scalar at the cursor, which is moved past it; null when no emitter prints it.
 *
 * indent: what every further line of the scalar begins with.
 */
export function readScalar(cursor: Cursor, indent: number): Scalar | null {
  const first = cursor.text[cursor.at];
  if (first !== "'" && first !== '"') return readPlain(cursor, indent);
  const text = readQuoted(cursor, indent);
  return text === null ? null : { text, isText: true };
}

/** Reads a quoted scalar at its quote; with `indent` -1 only on one line. */
function readQuoted(cursor: Cursor, indent: number): string | null {
  return cursor.text[cursor.at] === "'"
    ? readSingleQuoted(cursor, indent)
    : readDoubleQuoted(cursor, indent);
}

/** Plain scalars that mean something an emitter never prints them for. */
const reserved: ReadonlySet<string> = new Set(['<<', '=', '~']);
const notFirst = /[,[\]{}#&*!|>'"%@` \n]/;

/** Whether a plain scalar can begin here: with nothing that means something else in YAML. */
function startsPlain(text: string, at: number): boolean {
  const first = text.charAt(at);
  if (first === '' || notFirst.test(first)) return false;
  if (first === '-' || first === '?' || first === ':') {
    const next = text.charAt(at + 1);
    return next !== '' && next !== ' ' && next !== '\n' && !text.startsWith('---', at);
  }
  return !text.startsWith('...', at);
}

/**
 * Returns where the plain line at the cursor ends and notes its first key colon; -1 when it holds a
 * comment or ends in a blank.
 */
function plainEnd(cursor: Cursor): number {
  const { text } = cursor;
  cursor.colon = -1;
  let at = cursor.at;
  let before = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (before === 58 && (code === BLANK || code === BREAK) && cursor.colon === -1) {
      cursor.colon = at - 1;
      return at;
    }
    if (code === BREAK) break;
    if (code === 35 && before === BLANK) return -1;
    before = code;
  }
  if (before === 58) cursor.colon = at - 1;
  return before === BLANK ? -1 : at;
}

function readPlain(cursor: Cursor, indent: number): Scalar | null {
  const { text } = cursor;
  if (!startsPlain(text, cursor.at)) return null;
  const lines: string[] = [];
  for (;;) {
    const end = plainEnd(cursor);
    if (end === -1 || cursor.colon !== -1) return null;
    lines.push(text.slice(cursor.at, end));
    cursor.at = end;
    const next = continued(text, end, indent);
    if (next === -1) break;
    if (text[next] === '#') return null;
    cursor.at = next;
  }
  const whole = lines.length === 1 ? (lines[0] ?? '') : lines.join(' ');
  if (reserved.has(whole)) return null;
  return { text: whole, isText: whole !== 'null' && whole !== 'true' && whole !== 'false' };
}

/** Where a scalar's next line goes on after its indentation; -1 when the next line is not its. */
function continued(text: string, lineEnd: number, indent: number): number {
  const start = lineEnd + 1 + indent;
  if (indent < 0 || start >= text.length) return -1;
  for (let at = lineEnd + 1; at < start; at += 1) if (text.charCodeAt(at) !== BLANK) return -1;
  const code = text.charCodeAt(start);
  return code === BLANK || code === BREAK ? -1 : start;
}

function readSingleQuoted(cursor: Cursor, indent: number): string | null {
  const { text } = cursor;
  const start = cursor.at + 1;
  let close = text.indexOf("'", start);
  while (close !== -1 && text[close + 1] === "'") close = text.indexOf("'", close + 2);
  if (close === -1) return null;
  cursor.at = close + 1;
  const folded = text.slice(start, close);
  const body = folded.includes('\n') ? unfold(folded, indent) : folded;
  return body === null || !body.includes("''") ? body : body.replaceAll("''", "'");
}

/**
 * Undoes the folding of a single-quoted scalar: one break is a blank, each further one a break.
 *
 * Null unless every line is as an emitter writes it: further ones indented by exactly `indent`,
 * breaks not next to blanks, and a fold only between two texts.
 */
function unfold(folded: string, indent: number): string | null {
  if (indent < 0) return null;
  const lines = folded.split('\n');
  const margin = ' '.repeat(indent);
  let unfolded = lines[0] ?? '';
  let breaks = 0;
  let before = unfolded;
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    if (line === '') {
      breaks += 1;
      continue;
    }
    const content = line.startsWith(margin) ? line.slice(indent) : ' ';
    const isOpenEnded = content === '' || before === '';
    if (content.startsWith(' ') || before.endsWith(' ') || (breaks === 0 && isOpenEnded))
      return null;
    if (content === '' && index < lines.length - 1) return null;
    unfolded += breaks === 0 ? ` ${content}` : '\n'.repeat(breaks) + content;
    [breaks, before] = [0, content];
  }
  return breaks === 0 ? unfolded : null;
}

const special = /["\\\n]/g;
const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  ['"', '"'],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const codeEscape = /x[0-9A-F]{2}|u[0-9A-F]{4}|U[0-9A-F]{8}/y;

/** A line may end only in a back slash; the next one begins with the margin and no bare blank. */
function readDoubleQuoted(cursor: Cursor, indent: number): string | null {
  const { text } = cursor;
  let decoded = '';
  let start = cursor.at + 1;
  for (;;) {
    special.lastIndex = start;
    const at = special.exec(text)?.index;
    if (at === undefined || text.charCodeAt(at) === BREAK) return null;
    decoded += text.slice(start, at);
    cursor.at = at + 1;
    if (text[at] === '"') return decoded;
    const escaped = readEscape(cursor, indent);
    if (escaped === null) return null;
    decoded += escaped;
    start = cursor.at;
  }
}

/** Reads what follows a back slash. */
function readEscape(cursor: Cursor, indent: number): string | null {
  const { text, at } = cursor;
  const char = text.charAt(at);
  if (char === '\n') return readContinuation(cursor, indent);
  const known = escapes.get(char);
  if (known !== undefined) {
    cursor.at = at + 1;
    return known;
  }
  codeEscape.lastIndex = at;
  const code = codeEscape.exec(text)?.[0];
  const point = code === undefined ? Infinity : Number.parseInt(code.slice(1), 16);
  if (point > 0x10ffff) return null;
  cursor.at = at + (code ?? '').length;
  return String.fromCodePoint(point);
}

/** Reads a broken line's margin, and the blank that may be escaped right after it. */
function readContinuation(cursor: Cursor, indent: number): string | null {
  const next = continued(cursor.text, cursor.at, indent);
  if (next === -1) return null;
  const isBlank = cursor.text.startsWith('\\ ', next);
  cursor.at = isBlank ? next + 2 : next;
  return isBlank ? ' ' : '';
}
