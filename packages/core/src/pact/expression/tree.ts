import type { ASTNode } from '@marcbachmann/cel-js';

/** Returns the operands of a node, in source order; a macro's variable is among them. */
export function operands(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** Calls back for a node and everything below it, parents first. */
export function visit(node: ASTNode, see: (node: ASTNode) => void): void {
  see(node);
  for (const operand of operands(node)) visit(operand, see);
}

/** The macros that bind their first argument as a variable over the receiver's elements. */
export const MACROS: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
]);

/** A variable and the member names selected from it: `args.customer.id`. */
export type Chain = { readonly root: string; readonly names: readonly string[] };

/** Returns the chain a node selects by literal names (`a.b`, `a["b"]`), or null. */
export function chainOf(node: ASTNode): Chain | null {
  if (node.op === 'id') return { root: node.args, names: [] };
  const name = selectedName(node);
  if (name === null || (node.op !== '.' && node.op !== '[]')) return null;
  const below = chainOf(node.args[0]);
  return below === null ? null : { root: below.root, names: [...below.names, name] };
}

function selectedName(node: ASTNode): string | null {
  if (node.op === '.') return node.args[1];
  if (node.op !== '[]') return null;
  const [, index] = node.args;
  return index.op === 'value' && typeof index.args === 'string' ? index.args : null;
}

/** A chain, the node that selects it, and the variables of macros around it. */
export type Selection = Chain & { readonly node: ASTNode };

/** Returns every longest chain rooted in a variable that no macro binds, in source order. */
export function selections(node: ASTNode, bound: ReadonlySet<string>): readonly Selection[] {
  const chain = chainOf(node);
  if (chain !== null) return bound.has(chain.root) ? [] : [{ ...chain, node }];
  if (node.op !== 'rcall' || !MACROS.has(node.args[0])) {
    return operands(node).flatMap((operand) => selections(operand, bound));
  }
  const [, receiver, [variable, ...bodies]] = node.args;
  const inner = new Set(bound);
  if (variable?.op === 'id') inner.add(variable.args);
  const below = bodies.flatMap((body) => selections(body, inner));
  return [...selections(receiver, bound), ...below];
}
