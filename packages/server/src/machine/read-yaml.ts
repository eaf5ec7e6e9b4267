import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';

import { type Located, type Member, MOST_LEVELS, type ReadTree } from './located.ts';

/** Returns a YAML text; aliases stand for nothing, because an edit of one would be one of many. */
export function readYaml(text: string): ReadTree {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', version: '1.2' });
  const [first] = document.errors;
  if (first !== undefined) {
    // What is quoted behind may be a value, and with it a secret.
    const [said = ''] = first.message.split(/[\n"'`:]/);
    const message = said.trim().replace(/^./, (letter) => letter.toLowerCase());
    return { ok: false, fault: { offset: first.pos[0], message } };
  }
  try {
    return { ok: true, root: located(document.contents, 0) };
  } catch (cause) {
    if (cause instanceof TooDeep)
      return { ok: false, fault: { offset: 0, message: cause.message } };
    throw cause;
  }
}

class TooDeep extends Error {}

function located(node: Node | null, depth: number): Located {
  if (depth > MOST_LEVELS) throw new TooDeep(`nested deeper than ${MOST_LEVELS} levels`);
  const [start, end] = node?.range ?? [0, 0];
  const place = { start, end };
  if (isSeq<Node>(node)) {
    const items = node.items.map((item) => located(item, depth + 1));
    return { ...place, kind: 'list', items, hasBrackets: node.flow === true };
  }
  if (isMap<Node, Node | null>(node)) {
    const members = node.items.map((pair) => memberIn(pair, depth + 1));
    return { ...place, kind: 'map', members, hasBraces: node.flow === true };
  }
  if (node === null || isAlias(node) || !isScalar(node)) {
    return { ...place, kind: 'scalar', value: null };
  }
  const { value } = node;
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return { ...place, kind: 'scalar', value: isPlain || typeof value === 'boolean' ? value : null };
}

function memberIn({ key, value }: Pair<Node, Node | null>, depth: number): Member {
  const name = isScalar(key) ? String(key.value) : '';
  return { key: name, start: key.range?.[0] ?? 0, isDotted: false, value: located(value, depth) };
}
