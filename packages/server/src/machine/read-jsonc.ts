import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

import { type Located, type Member, MOST_LEVELS, type ReadTree } from './located.ts';

/** Returns a JSON text that may have comments and trailing commas, as the clients read it. */
export function readJsonc(text: string): ReadTree {
  if (depthOf(text) > MOST_LEVELS) {
    return { ok: false, fault: { offset: 0, message: `nested deeper than ${MOST_LEVELS} levels` } };
  }
  const errors: ParseError[] = [];
  const options = { allowTrailingComma: true, allowEmptyContent: false } as const;
  const root = parseTree(text, errors, options);
  const [first] = errors;
  if (first !== undefined) {
    const said = printParseErrorCode(first.error).replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
    return { ok: false, fault: { offset: first.offset, message: said.toLowerCase() } };
  }
  if (root === undefined) return { ok: false, fault: { offset: 0, message: 'empty' } };
  return { ok: true, root: located(root) };
}

// Brackets inside texts count as well: a file that has so many of them is none either.
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}

function located(node: Node): Located {
  const { offset: start, length, type, children = [] } = node;
  const place = { start, end: start + length };
  switch (type) {
    case 'array':
      return { ...place, kind: 'list', items: children.map(located), hasBrackets: true };
    case 'object':
      return { ...place, kind: 'map', members: children.flatMap(memberIn), hasBraces: true };
    default:
      // The parser gives a leaf the value its text stands for.
      return { ...place, kind: 'scalar', value: node.value as string | number | boolean | null };
  }
}

function memberIn({ children: [name, value] = [] }: Node): readonly Member[] {
  if (name === undefined || value === undefined) return [];
  return [{ key: String(name.value), start: name.offset, isDotted: false, value: located(value) }];
}
