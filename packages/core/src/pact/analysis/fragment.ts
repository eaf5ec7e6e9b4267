import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';

import type { Affix, Formula, Relation, Scalar, Segments, Term } from './formula.ts';

// Only the parser is used: names and overloads were checked when the condition was compiled.
const parser = new Environment({ unlistedVariablesAreDyn: true });
const roots: ReadonlySet<string> = new Set(
  'args session facts principal agent task tool'.split(' '),
);
const mirrored: { readonly [relation in Relation]: Relation } = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Returns a parsed condition on the solver's fragment; what lies outside it is opaque. */
export function readNode(node: ASTNode): Formula {
  return formulaOf(node, null);
}

/** Returns the operands of the outermost `&&`s of a condition, in reading order. */
export function conjunctsOf(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjunctsOf) : [node];
}

/**
 * Returns a condition on the solver's fragment; what lies outside it becomes opaque atoms.
 *
 * text: a condition that compiled; one that does not parse is one opaque atom.
 * Source: spec/pact/analysis.md, section "The fragment".
 */
export function readFormula(text: string): Formula {
  try {
    return formulaOf(parser.parse(text).ast, null);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { op: 'opaque', text };
  }
}

function formulaOf(node: ASTNode, item: string | null): Formula {
  const { op } = node;
  if (op === '&&' || op === '||') {
    const [left, right] = [formulaOf(node.args[0], item), formulaOf(node.args[1], item)];
    return { op: op === '&&' ? 'and' : 'or', left, right };
  }
  if (op === '!_') return { op: 'not', of: formulaOf(node.args, item) };
  if (op === '?:') {
    const [condition, yes, no] = node.args.map((part) => formulaOf(part, item));
    if (condition && yes && no) return { op: 'if', condition, yes, no };
  }
  if (op === 'value' && typeof node.args === 'boolean') {
    return { op: 'constant', value: node.args };
  }
  return atomOf(node, item) ?? { op: 'opaque', text: sourceOf(node) };
}

function atomOf(node: ASTNode, item: string | null): Formula | null {
  switch (node.op) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node, node.op, item);
    case 'in':
      return membership(node, item);
    case 'call':
      return node.args[0] === 'has' ? presence(node) : null;
    case 'rcall':
      return affixOf(node, item) ?? (item === null ? quantified(node) : null);
    case '.':
    case '[]':
    case 'id':
      return holding(node, item);
    default:
      return null;
  }
}

function comparison(node: ASTNode, relation: Relation, item: string | null): Formula | null {
  const pair = pairOf(node);
  const left = pair && termOf(pair[0], item);
  const right = pair && termOf(pair[1], item);
  if (!left || !right || !areComparable(left, right)) return null;
  const text = sourceOf(node);
  return isConstant(left)
    ? { op: 'compare', text, relation: mirrored[relation], left: right, right: left }
    : { op: 'compare', text, relation, left, right };
}

function isConstant(term: Term): boolean {
  return term.kind === 'literal' || term.kind === 'amount';
}

/** Sizes are compared with numbers, amounts with amounts; anything with a constant or a path. */
function areComparable(left: Term, right: Term): boolean {
  if (isConstant(left) && isConstant(right)) return false;
  const kinds = [left, right].map((term) => term.kind);
  if (kinds.includes('size')) {
    return [left, right].some((term) => term.kind === 'literal' && typeof term.value === 'number');
  }
  if (kinds.includes('money') || kinds.includes('amount')) {
    return kinds.every((kind) => kind === 'money' || kind === 'amount');
  }
  return true;
}

function membership(node: ASTNode, item: string | null): Formula | null {
  const pair = pairOf(node);
  const term = pair && termOf(pair[0], item);
  if (!pair || !term || term.kind === 'size' || term.kind === 'money' || term.kind === 'amount') {
    return null;
  }
  const text = sourceOf(node);
  if (pair[1].op === 'list') {
    const list = pair[1].args.map(literalOf);
    if (term.kind === 'literal' || !list.every((value) => value !== undefined)) return null;
    return { op: 'in', text, term, list };
  }
  const list = pathOf(pair[1]);
  return list === null || item !== null ? null : { op: 'member', text, term, list };
}

function presence(node: ASTNode): Formula | null {
  const [of] = node.op === 'call' ? node.args[1] : [];
  const path = of === undefined ? null : pathOf(of);
  return path === null || path.length < 2 ? null : { op: 'has', text: sourceOf(node), path };
}

const affixes: { readonly [name: string]: Affix } = {
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  contains: 'contains',
};

function affixOf(node: ASTNode, item: string | null): Formula | null {
  if (node.op !== 'rcall') return null;
  const [name, receiver, given] = node.args;
  const affix = affixes[name];
  const term = termOf(receiver, item);
  const part = given[0] === undefined ? undefined : literalOf(given[0]);
  if (affix === undefined || typeof part !== 'string') return null;
  if (term?.kind !== 'path' && term?.kind !== 'item') return null;
  return { op: 'affix', text: sourceOf(node), affix, term, part };
}

function quantified(node: ASTNode): Formula | null {
  if (node.op !== 'rcall') return null;
  const [quantifier, receiver, given] = node.args;
  const [variable, predicate] = given;
  if (quantifier !== 'all' && quantifier !== 'exists') return null;
  if (given.length !== 2 || variable?.op !== 'id' || predicate === undefined) return null;
  const list = pathOf(receiver);
  if (list === null || roots.has(variable.args)) return null;
  const body = formulaOf(predicate, variable.args);
  return hasOpaque(body) ? null : { op: 'each', text: sourceOf(node), quantifier, list, body };
}

function hasOpaque(formula: Formula): boolean {
  switch (formula.op) {
    case 'and':
    case 'or':
      return hasOpaque(formula.left) || hasOpaque(formula.right);
    case 'not':
      return hasOpaque(formula.of);
    case 'if':
      return [formula.condition, formula.yes, formula.no].some(hasOpaque);
    default:
      return formula.op === 'opaque';
  }
}

function holding(node: ASTNode, item: string | null): Formula | null {
  const term = termOf(node, item);
  if (term?.kind !== 'path' && term?.kind !== 'item') return null;
  return { op: 'holds', text: sourceOf(node), term };
}

function termOf(node: ASTNode, item: string | null): Term | null {
  if (item !== null && node.op === 'id' && node.args === item) return { kind: 'item' };
  const literal = literalOf(node);
  if (literal !== undefined) return { kind: 'literal', value: literal };
  const path = pathOf(node);
  if (path !== null) return { kind: 'path', path };
  return sizeOf(node) ?? moneyOf(node);
}

function sizeOf(node: ASTNode): Term | null {
  let of: ASTNode | undefined;
  if (node.op === 'call' && node.args[0] === 'size') of = node.args[1][0];
  if (node.op === 'rcall' && node.args[0] === 'size' && node.args[2].length === 0) {
    of = node.args[1];
  }
  const path = of === undefined ? null : pathOf(of);
  return path === null ? null : { kind: 'size', path };
}

function moneyOf(node: ASTNode): Term | null {
  if (node.op !== 'call' || node.args[0] !== 'money') return null;
  const [of] = node.args[1];
  const literal = of === undefined ? undefined : literalOf(of);
  if (typeof literal === 'string') return amountOf(literal);
  const path = of === undefined ? null : pathOf(of);
  return path === null ? null : { kind: 'money', path };
}

/** Doubles tell apart decimals of up to 15 digits; longer ones are outside the fragment. */
function amountOf(text: string): Term | null {
  const isExact = /^-?\d+(\.\d+)?$/.test(text) && text.replaceAll(/[-.]/g, '').length <= 15;
  return isExact ? { kind: 'amount', value: Number(text) } : null;
}

function literalOf(node: ASTNode): Scalar | undefined {
  if (node.op === '-_') {
    const value = literalOf(node.args);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.op !== 'value') return undefined;
  const value = node.args;
  if (typeof value === 'bigint') return exactNumber(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' ? value : undefined;
}

function exactNumber(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A path from a root by names: `args.a["b"]`. Indices of lists are outside the fragment. */
function pathOf(node: ASTNode): Segments | null {
  if (node.op === 'id') return roots.has(node.args) ? [node.args] : null;
  if (node.op === '.') {
    const parent = pathOf(node.args[0]);
    return parent && [...parent, node.args[1]];
  }
  if (node.op !== '[]') return null;
  const parent = pathOf(node.args[0]);
  const name = literalOf(node.args[1]);
  return parent && typeof name === 'string' ? [...parent, name] : null;
}

function pairOf(node: ASTNode): readonly [ASTNode, ASTNode] | null {
  switch (node.op) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return node.args;
    default:
      return null;
  }
}

function sourceOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end);
}
