import type { ASTNode } from '@marcbachmann/cel-js';

import { assert } from '../../assert.ts';
import { calculate, join, negate } from './arithmetic.ts';
import type { Arithmetic } from './arithmetic.ts';
import { callNamed } from './calls.ts';
import { loop } from './loop.ts';
import { MACROS, visit } from './tree.ts';
import { equal, Fault, isList, isMembers, order, spend, TOO_COSTLY, typeName } from './values.ts';
import type { Code, Frame, Value } from './values.ts';

/** The variables that loops around a node bind, each with its slot. */
export type Slots = ReadonlyMap<string, number>;

/**
 * Returns a node compiled to closures. The node must have passed `parseTree` and a type check; what
 * they cannot know (a missing member, a value of another type) becomes a fault.
 * Source: the CEL language definition, for the subset in spec/pact/language.md.
 */
export function compileNode(node: ASTNode, slots: Slots): Code {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'id':
      return variable(node.args, slots);
    case '.':
      return select(compileNode(node.args[0], slots), node.args[1]);
    case '[]':
      return index(compileNode(node.args[0], slots), compileNode(node.args[1], slots));
    case 'list':
      return folded(node, listOf(node.args.map((item) => compileNode(item, slots))));
    case '?:':
      return choose(node.args.map((part) => compileNode(part, slots)));
    case '&&':
    case '||':
      return both(
        node.op,
        node.args.map((part) => compileNode(part, slots)),
      );
    case '!_':
      return not(compileNode(node.args, slots));
    case '-_':
      return negated(compileNode(node.args, slots));
    case 'call':
      return folded(node, called(node.args[0], node.args[1], slots));
    case 'rcall':
      return method(node, slots);
    default:
      return operator(node, slots);
  }
}

/** What names no variable has one value, found when it is compiled. */
function folded(node: ASTNode, code: Code): Code {
  let namesVariable = false;
  visit(node, ({ op }) => {
    namesVariable ||= op === 'id';
  });
  if (namesVariable) return code;
  const value = code({ root: {}, slots: [], steps: 1000 });
  return value instanceof Fault ? code : () => value;
}

function literal(value: unknown): Code {
  assert(!(value instanceof Object), 'a literal that is no CEL scalar');
  // `parseTree` leaves only the scalars of CEL: text, bool, int, double and null.
  const scalar = value as Value;
  return () => scalar;
}

function variable(name: string, slots: Slots): Code {
  const slot = slots.get(name);
  if (slot !== undefined) return ({ slots: values }) => values[slot] ?? null;
  return ({ root }) => {
    const value = Object.hasOwn(root, name) ? root[name] : undefined;
    return value === undefined ? missing(name) : value;
  };
}

function missing(name: string): Fault {
  return new Fault(`\`${name}\` is missing`);
}

function memberOf(value: Value, name: string): Value {
  if (!isMembers(value)) return new Fault(`\`${name}\` of ${typeName(value)}`);
  if (!Object.hasOwn(value, name)) return missing(name);
  const member = value[name];
  return member === undefined ? missing(name) : member;
}

function select(object: Code, name: string): Code {
  return (frame) => {
    const value = object(frame);
    return value instanceof Fault ? value : memberOf(value, name);
  };
}

function index(object: Code, at: Code): Code {
  return (frame) => {
    const value = object(frame);
    if (value instanceof Fault) return value;
    const key = at(frame);
    if (key instanceof Fault) return key;
    if (typeof key === 'string') return memberOf(value, key);
    const isWhole = typeof key === 'bigint' || Number.isInteger(key);
    if (!isList(value) || !isWhole) return new Fault(`no ${typeName(value)}[${typeName(key)}]`);
    return value[Number(key)] ?? elementAt(value, Number(key));
  };
}

function elementAt(list: readonly Value[], at: number): Value {
  return at >= 0 && at < list.length ? null : new Fault(`no element ${at}`);
}

function listOf(items: readonly Code[]): Code {
  return (frame) => {
    const values: Value[] = [];
    for (const item of items) {
      const value = item(frame);
      if (value instanceof Fault) return value;
      values.push(value);
    }
    return values;
  };
}

function choose(parts: readonly Code[]): Code {
  const [condition, yes, no] = parts;
  assert(condition !== undefined && yes !== undefined && no !== undefined, 'a choice has 3 parts');
  return (frame) => {
    const value = condition(frame);
    if (typeof value === 'boolean') return value ? yes(frame) : no(frame);
    return value instanceof Fault ? value : notBool(value);
  };
}

function notBool(value: Value): Fault {
  return new Fault(`expected a bool, found ${typeName(value)}`);
}

/** As in CEL, either side may settle the result, also when the other is a fault. */
function both(op: '&&' | '||', parts: readonly Code[]): Code {
  const [left, right] = parts;
  assert(left !== undefined && right !== undefined, 'a conjunction has 2 parts');
  const settles = op === '||';
  return (frame) => {
    const first = left(frame);
    if (first === settles) return settles;
    const second = right(frame);
    if (second === settles) return settles;
    if (first instanceof Fault) return first;
    if (typeof first !== 'boolean') return notBool(first);
    return second instanceof Fault || typeof second === 'boolean' ? second : notBool(second);
  };
}

function not(operand: Code): Code {
  return (frame) => {
    const value = operand(frame);
    if (typeof value === 'boolean') return !value;
    return value instanceof Fault ? value : notBool(value);
  };
}

function negated(operand: Code): Code {
  return (frame) => {
    const value = operand(frame);
    return value instanceof Fault ? value : negate(value);
  };
}

function called(name: string, args: readonly ASTNode[], slots: Slots): Code {
  const [first] = args;
  if (name === 'has') {
    assert(first?.op === '.', 'has() of a selection');
    return has(compileNode(first.args[0], slots), first.args[1]);
  }
  return apply(name, args, slots);
}

/** A missing parent is a fault, a missing member is false, as in CEL. */
function has(object: Code, name: string): Code {
  return (frame) => {
    const value = object(frame);
    if (value instanceof Fault) return value;
    if (!isMembers(value)) return new Fault(`\`${name}\` of ${typeName(value)}`);
    return Object.hasOwn(value, name) && value[name] !== undefined;
  };
}

function method(node: ASTNode & { readonly op: 'rcall' }, slots: Slots): Code {
  const [name, receiver, args] = node.args;
  if (!MACROS.has(name)) return apply(name, [receiver, ...args], slots);
  const [bound, ...bodies] = args;
  assert(bound?.op === 'id', 'a macro binds a variable');
  const slot = slots.size;
  const inner = new Map([...slots, [bound.args, slot]]);
  const over = compileNode(receiver, slots);
  return loop({ name, over, slot, bodies: bodies.map((body) => compileNode(body, inner)) });
}

function apply(name: string, args: readonly ASTNode[], slots: Slots): Code {
  const literals = args.map((arg) =>
    arg.op === 'value' && typeof arg.args === 'string' ? arg.args : null,
  );
  const call = callNamed(name, literals);
  assert(call !== null, `no function \`${name}\``);
  const operands = listOf(args.map((arg) => compileNode(arg, slots)));
  return (frame) => {
    const values = operands(frame);
    return isList(values) ? call(frame, values) : values;
  };
}

function operator(node: ASTNode, slots: Slots): Code {
  assert(Array.isArray(node.args) && node.args.length === 2, `no operator \`${node.op}\``);
  // The cases above leave the binary operators, whose operands are two nodes.
  const [leftNode, rightNode] = node.args as [ASTNode, ASTNode];
  const left = compileNode(leftNode, slots);
  const right = compileNode(rightNode, slots);
  const combine = combiner(node.op);
  return (frame) => {
    const first = left(frame);
    if (first instanceof Fault) return first;
    const second = right(frame);
    return second instanceof Fault ? second : combine(frame, first, second);
  };
}

type Combine = (frame: Frame, left: Value, right: Value) => Value;

function combiner(op: ASTNode['op']): Combine {
  switch (op) {
    case '==':
      return (frame, left, right) => equal(left, right, frame);
    case '!=':
      return (frame, left, right) => {
        const same = equal(left, right, frame);
        return typeof same === 'boolean' ? !same : same;
      };
    case '<':
      return ordered((sign) => sign < 0);
    case '<=':
      return ordered((sign) => sign <= 0);
    case '>':
      return ordered((sign) => sign > 0);
    case '>=':
      return ordered((sign) => sign >= 0);
    case 'in':
      return contains;
    default:
      return arithmetic(op);
  }
}

function ordered(test: (sign: number) => boolean): Combine {
  return (_frame, left, right) => {
    const sign = order(left, right);
    return typeof sign === 'number' ? test(sign) : sign;
  };
}

const contains: Combine = (frame, item, collection) => {
  if (isList(collection)) {
    if (!spend(frame, collection.length)) return TOO_COSTLY;
    for (const member of collection) {
      const same = equal(item, member, frame);
      if (same !== false) return same;
    }
    return false;
  }
  const isName = typeof item !== 'object' || item === null;
  if (isMembers(collection) && isName) {
    return typeof item === 'string' && Object.hasOwn(collection, item);
  }
  return new Fault(`no \`${typeName(item)} in ${typeName(collection)}\``);
};

function arithmetic(op: ASTNode['op']): Combine {
  const known: readonly Arithmetic[] = ['+', '-', '*', '/', '%'];
  const found = known.find((candidate) => candidate === op);
  assert(found !== undefined, `no operator \`${op}\``);
  return (frame, left, right) =>
    (found === '+' ? join(left, right, frame) : null) ?? calculate(found, left, right);
}
