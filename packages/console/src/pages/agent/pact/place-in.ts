/** Where a text stands in a YAML document: the names that lead there, `[]` for a list's item. */
export type PlaceIn = {
  readonly path: readonly string[];
  /** Whether a name is written there, or what a name stands for. */
  readonly isName: boolean;
  /** Whether it may be a value all the same: alone on its line, nobody knows before its colon. */
  readonly mayBeValue: boolean;
  /** The names that are there already, beside the one that is written. */
  readonly beside: readonly string[];
};

/** Stands in a path for an item of a list, whichever. */
export const ITEM = '[]';

type Frame = { readonly column: number; readonly step: string; readonly names: string[] };

/** What is read of a text so far; `flow` holds the brackets that are open. */
type Reading = { readonly block: Frame[]; readonly flow: Flow[]; literal: number | null };
type Flow = { readonly opened: '{' | '['; step: string | null; readonly names: string[] };

/**
 * Returns where the end of a text stands in the document it begins, whole or not: somebody is still
 * typing. It goes by columns and brackets, as whoever writes does, and never fails.
 */
export function placeIn(before: string): PlaceIn {
  const lines = before.split('\n');
  const last = lines.pop() ?? '';
  const reading: Reading = { block: [], flow: [], literal: null };
  for (const line of lines) readLine(reading, line);
  return placeAt(reading, last);
}

/** Returns every name of a document with the path that leads to it, in order. */
export function namesIn(text: string): readonly (readonly string[])[] {
  const reading: Reading = { block: [], flow: [], literal: null };
  const found: (readonly string[])[] = [];
  for (const line of text.split('\n')) {
    readLine(reading, line);
    const steps = stepsOf(reading);
    if (steps.length > 0 && steps.join() !== found.at(-1)?.join()) found.push(steps);
  }
  return found;
}

const NAME = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"{}[\],][^#]*?)\s*:(?=\s|$)/;

function readLine(reading: Reading, line: string): void {
  if (reading.flow.length > 0) return readFlow(reading, line);
  const column = line.search(/\S/);
  if (column < 0) return;
  if (reading.literal !== null && column > reading.literal) return;
  const read = reading;
  read.literal = null;
  if (line[column] === '#') return;
  const [start, rest] = enterItems(reading, line, column);
  const name = NAME.exec(rest);
  if (name === null) return readValue(reading, rest, start);
  enterName(reading, start, unquoted(name[1] ?? ''));
  readValue(reading, rest.slice(name[0].length).trimStart(), start);
}

/** Goes below the dashes a line begins with. Returns where what follows them stands. */
function enterItems(
  { block }: Reading,
  line: string,
  column: number,
): readonly [start: number, rest: string] {
  let start = column;
  let rest = line.slice(column);
  for (let dash = /^-(\s+|$)/.exec(rest); dash !== null; dash = /^-(\s+|$)/.exec(rest)) {
    leave(block, start, true);
    block.push({ column: start, step: ITEM, names: [] });
    start += dash[0].length;
    rest = rest.slice(dash[0].length);
  }
  return [start, rest];
}

function enterName({ block }: Reading, column: number, name: string): void {
  const names = leave(block, column, false);
  block.push({ column, step: name, names: [...names, name] });
}

/** Leaves what stands as deep or deeper. Returns the names that stood at this very column. */
function leave(block: Frame[], column: number, isItem: boolean): readonly string[] {
  let names: readonly string[] = [];
  for (let last = block.at(-1); last !== undefined; last = block.at(-1)) {
    // Items of a list may stand at the column of the name they belong to.
    const isOwner = isItem && last.column === column && last.step !== ITEM;
    if (last.column < column || isOwner) break;
    if (last.column === column && last.step !== ITEM) names = last.names;
    block.pop();
  }
  return names;
}

function readValue(reading: Reading, rest: string, column: number): void {
  const read = reading;
  if (/^[|>][-+0-9]*\s*(#.*)?$/.test(rest)) read.literal = column;
  else if (rest.startsWith('{') || rest.startsWith('[')) readFlow(reading, rest);
}

const TOKENS = [
  /#.*/,
  /"(?:[^"\\]|\\.)*"?/,
  /'(?:[^']|'')*'?/,
  /[{}[\],]/,
  /:(?=[\s,{}[\]]|$)/,
  // A colon within a word is part of it.
  /[^\s#'"{}[\],:]+(?::(?![\s,{}[\]]|$)[^\s'"{}[\],:]*)*/,
];
const TOKEN = new RegExp(TOKENS.map(({ source }) => source).join('|'), 'g');

function readFlow({ flow }: Reading, text: string): void {
  let word = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const last = flow.at(-1);
    if (token === '{' || token === '[') flow.push({ opened: token, step: null, names: [] });
    else if (token === '}' || token === ']') flow.pop();
    else if (token === ',' && last !== undefined) last.step = null;
    else if (token === ':' && last?.opened === '{') {
      last.step = unquoted(word);
      last.names.push(last.step);
    }
    word = token;
  }
}

function placeAt(reading: Reading, line: string): PlaceIn {
  const { block, flow } = reading;
  if (flow.length > 0) return placeInFlow(reading, line);
  const column = line.search(/\S/);
  if (column < 0) return placeOfName(reading, line.length);
  const [start, rest] = enterItems(reading, line, column);
  const name = NAME.exec(rest);
  if (name === null) {
    if (!rest.startsWith('{') && !rest.startsWith('[')) return placeOfName(reading, start);
    return placeInFlow(reading, rest);
  }
  enterName(reading, start, unquoted(name[1] ?? ''));
  const value = rest.slice(name[0].length).trimStart();
  if (value.startsWith('{') || value.startsWith('[')) return placeInFlow(reading, value);
  return { path: block.map(({ step }) => step), isName: false, mayBeValue: true, beside: [] };
}

function placeOfName({ block }: Reading, column: number): PlaceIn {
  const beside = leave(block, column, false);
  return { path: block.map(({ step }) => step), isName: true, mayBeValue: true, beside };
}

function placeInFlow(reading: Reading, text: string): PlaceIn {
  readFlow(reading, text);
  const last = reading.flow.at(-1);
  const path = stepsOf(reading);
  if (last === undefined) return { path, isName: false, mayBeValue: true, beside: [] };
  const isName = last.opened === '{' && last.step === null;
  return { path, isName, mayBeValue: !isName, beside: isName ? last.names : [] };
}

function stepsOf({ block, flow }: Reading): readonly string[] {
  const within = flow.flatMap(({ opened, step }) =>
    opened === '[' ? [ITEM] : step === null ? [] : [step],
  );
  return [...block.map(({ step }) => step), ...within];
}

function unquoted(name: string): string {
  return /^(["']).*\1$/.test(name) ? name.slice(1, -1) : name.trim();
}
