import type { ASTNode } from '@marcbachmann/cel-js';

import type { Json } from '../../json.ts';
import { suggest } from '../suggest.ts';
import type { ExpressionFault } from './parse.ts';
import { chainOf, MACROS, visit } from './tree.ts';
import { resolve } from './types.ts';
import type { ValueType } from './types.ts';

/** Returns comparisons with literals that never or always hold, and loops over mappings. */
export function literalFaults(
  ast: ASTNode,
  variables: ReadonlyMap<string, ValueType>,
): readonly ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  visit(ast, (node) => {
    const own = [enumFaults(node, variables), sizeFaults(node), loopFaults(node, variables)];
    faults.push(...own.flat());
  });
  return faults;
}

function loopFaults(
  node: ASTNode,
  variables: ReadonlyMap<string, ValueType>,
): readonly ExpressionFault[] {
  if (node.op !== 'rcall' || !MACROS.has(node.args[0])) return [];
  const [name, receiver] = node.args;
  const kind = typeAt(receiver, variables)?.kind;
  if (kind !== 'map' && kind !== 'object') return [];
  const message = `\`${name}\` runs over lists, and this is a mapping: name its members`;
  return [{ code: 'expression-type', offset: receiver.start, message }];
}

function enumFaults(
  node: ASTNode,
  variables: ReadonlyMap<string, ValueType>,
): readonly ExpressionFault[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return [];
  const [left, right] = node.args;
  const allowed = allowedAt(left, variables);
  if (node.op === 'in') {
    return right.op === 'list' ? right.args.flatMap((item) => outside(item, allowed)) : [];
  }
  return [...outside(right, allowed), ...outside(left, allowedAt(right, variables))];
}

function allowedAt(
  node: ASTNode,
  variables: ReadonlyMap<string, ValueType>,
): readonly Json[] | null {
  const type = typeAt(node, variables);
  return type !== null && 'allowed' in type ? type.allowed : null;
}

function typeAt(node: ASTNode, variables: ReadonlyMap<string, ValueType>): ValueType | null {
  const chain = chainOf(node);
  const root = chain === null ? undefined : variables.get(chain.root);
  if (chain === null || root === undefined) return null;
  const resolved = resolve(root, chain.names, { throughLists: false });
  return resolved.ok ? resolved.type : null;
}

function outside(node: ASTNode, allowed: readonly Json[] | null): readonly ExpressionFault[] {
  if (allowed === null || node.op !== 'value') return [];
  const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  if (allowed.some((each) => each === value)) return [];
  const names = allowed.map(String);
  const listed = `: one of ${names.map((name) => `\`${name}\``).join(', ')}`;
  const message = `\`${String(value)}\` never stands here${suggest(String(value), names, listed)}`;
  return [{ code: 'not-in-enum', offset: node.start, message }];
}

const MIRRORED: Readonly<Record<string, string>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

function sizeFaults(node: ASTNode): readonly ExpressionFault[] {
  const mirrored = Object.hasOwn(MIRRORED, node.op) ? MIRRORED[node.op] : undefined;
  if (mirrored === undefined || !Array.isArray(node.args)) return [];
  const [left, right] = node.args;
  if (!isNode(left) || !isNode(right)) return [];
  const direct = isSize(left) ? numberOf(right) : null;
  const turned = isSize(right) ? numberOf(left) : null;
  const limit = direct ?? turned;
  if (limit === null) return [];
  const outcome = outcomeOf(direct === null ? mirrored : node.op, limit);
  if (outcome === null) return [];
  const text = node.input.slice(node.start, node.end);
  const message = `\`${text}\` ${outcome} holds: a size is a whole number from 0`;
  return [{ code: 'constant-size', offset: node.start, message }];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

function isSize(node: ASTNode): boolean {
  return (node.op === 'call' || node.op === 'rcall') && node.args[0] === 'size';
}

function numberOf(node: ASTNode): number | null {
  if (node.op === '-_') {
    const below = numberOf(node.args);
    return below === null ? null : -below;
  }
  if (node.op !== 'value') return null;
  const isNumber = typeof node.args === 'bigint' || typeof node.args === 'number';
  return isNumber ? Number(node.args) : null;
}

/** What comparing any size with a number always gives, or null where it depends. */
function outcomeOf(op: string, limit: number): 'never' | 'always' | null {
  const isWhole = Number.isInteger(limit);
  switch (op) {
    case '<':
      return limit <= 0 ? 'never' : null;
    case '<=':
      return limit < 0 ? 'never' : null;
    case '>':
      return limit < 0 ? 'always' : null;
    case '>=':
      return limit <= 0 ? 'always' : null;
    case '==':
      return limit < 0 || !isWhole ? 'never' : null;
    default:
      return limit < 0 || !isWhole ? 'always' : null;
  }
}
