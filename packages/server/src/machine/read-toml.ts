import { type AST, parseTOML, ParseError } from 'toml-eslint-parser';

import { type Located, type Member, MOST_LEVELS, type ReadTree } from './located.ts';

/** Returns a TOML text. */
export function readToml(text: string): ReadTree {
  try {
    const [table] = parseTOML(text, { tomlVersion: '1.0' }).body;
    return { ok: true, root: finished(gather(table)) };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const message = cause.message.replace(/^./, (letter) => letter.toLowerCase());
    return { ok: false, fault: { offset: cause.index, message } };
  }
}

// A table stands in pieces all over a file, so it is gathered before it is a value.
type Table = {
  readonly kind: 'table';
  readonly members: Map<string, Held>;
  readonly start: number;
  end: number;
};
type Tables = { readonly kind: 'tables'; readonly items: Table[]; readonly start: number };
type Held = {
  readonly value: Table | Tables | Located;
  readonly start: number;
  readonly isDotted: boolean;
};

function gather(top: AST.TOMLTopLevelTable): Table {
  const root = emptyTable(0);
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') {
      put(root, node);
      continue;
    }
    const table = tableAt(root, node.resolvedKey, node.range[0]);
    table.end = Math.max(table.end, node.range[1]);
    for (const member of node.body) put(table, member);
  }
  return root;
}

function emptyTable(start: number): Table {
  return { kind: 'table', members: new Map(), start, end: start };
}

function tableAt(root: Table, path: readonly (string | number)[], start: number): Table {
  let here: Table | Tables = root;
  for (const [at, step] of path.entries()) {
    if (at > MOST_LEVELS) return emptyTable(start);
    const isOfMany: boolean = typeof path[at + 1] === 'number';
    here = entered(here, step, { start, isOfMany });
  }
  return here.kind === 'table' ? here : emptyTable(start);
}

function entered(
  here: Table | Tables,
  step: string | number,
  { start, isOfMany }: { readonly start: number; readonly isOfMany: boolean },
): Table | Tables {
  if (here.kind === 'tables') {
    const at = Number(step);
    const item = here.items[at] ?? emptyTable(start);
    here.items[at] = item;
    return item;
  }
  const known = here.members.get(String(step))?.value;
  if (known?.kind === 'table' || known?.kind === 'tables') return known;
  const fresh: Table | Tables = isOfMany ? { kind: 'tables', items: [], start } : emptyTable(start);
  here.members.set(String(step), { value: fresh, start, isDotted: false });
  return fresh;
}

function put(table: Table, { key, value, range }: AST.TOMLKeyValue): void {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  const last = names.pop() ?? '';
  const holder = names.length === 0 ? table : tableAt(table, names, range[0]);
  const isDotted = names.length > 0;
  holder.members.set(last, { value: located(value), start: range[0], isDotted });
}

function located(node: AST.TOMLContentNode): Located {
  const [start, end] = node.range;
  const place = { start, end };
  switch (node.type) {
    case 'TOMLArray':
      return { ...place, kind: 'list', items: node.elements.map(located), hasBrackets: true };
    case 'TOMLInlineTable': {
      const table = emptyTable(start);
      for (const member of node.body) put(table, member);
      return { ...place, kind: 'map', members: membersOf(table), hasBraces: true };
    }
    case 'TOMLValue': {
      const { value } = node;
      const isPlain = typeof value === 'string' || typeof value === 'number';
      const plain = isPlain || typeof value === 'boolean' ? value : null;
      return { ...place, kind: 'scalar', value: plain };
    }
  }
}

function finished(table: Table): Located {
  const { start, end } = table;
  return { start, end, kind: 'map', members: membersOf(table), hasBraces: false };
}

function membersOf({ members }: Table): readonly Member[] {
  return [...members].map(([key, { value, start, isDotted }]) => ({
    key,
    start,
    isDotted,
    value: valueIn(value),
  }));
}

function valueIn(value: Held['value']): Located {
  if (value.kind === 'table') return finished(value);
  if (value.kind !== 'tables') return value;
  const items = value.items.map((item) => finished(item));
  return { kind: 'list', items, hasBrackets: false, start: value.start, end: value.start };
}
