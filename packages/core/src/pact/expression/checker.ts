import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';

import { suggest } from '../suggest.ts';
import { literalFaults } from './literals.ts';
import { faultOfError } from './parse.ts';
import type { ExpressionFault } from './parse.ts';
import { selections } from './tree.ts';
import type { Selection } from './tree.ts';
import { DYN, resolve } from './types.ts';
import type { ValueType } from './types.ts';

/** The variables of an expression; `of` names what they belong to in messages (`orders.get`). */
export type Setting = {
  readonly variables: ReadonlyMap<string, ValueType>;
  readonly of: string;
};

/** Checks expressions against typed variables; made once per tool. */
export type Checker = (ast: ASTNode, wanted: 'bool' | 'double') => readonly ExpressionFault[];

/** Stands for an exact amount in the type checker only. */
class Amount {
  readonly kind = 'amount';
}

const base = new Environment({ unlistedVariablesAreDyn: false })
  .registerType('money', { ctor: Amount, fields: {} })
  .registerFunction('money(string): money', unevaluated)
  .registerFunction('money(double): money', unevaluated)
  .registerFunction('money(int): money', unevaluated)
  .registerOperator('double == int', unevaluated)
  .registerOperator('double in list<int>', unevaluated)
  .registerOperator('int in list<double>', unevaluated);
for (const op of ['<', '<=', '>', '>=', '==', '+', '-']) {
  base.registerOperator(`money ${op} money`, unevaluated);
}

/** The library only checks types here; `code.ts` evaluates. */
function unevaluated(): never {
  throw new Error('bug: the type checker evaluated an expression');
}

/** Returns the checker of a setting. */
export function makeChecker(setting: Setting): Checker {
  const environment = base.clone();
  const declared: Declared = { environment, count: 0, fields: new Set() };
  for (const [name, type] of setting.variables) {
    environment.registerVariable(name, nameType(declared, type));
  }
  return (ast, wanted) => {
    const faults = [
      ...selections(ast, new Set()).flatMap((selection) => selectionFaults(setting, selection)),
      ...literalFaults(ast, setting.variables),
    ];
    return faults.length > 0 ? faults : typeFaults(declared, { ast, wanted });
  };
}

type Declared = { readonly environment: Environment; count: number; readonly fields: Set<string> };

/** Returns the library's name of a type, declaring what it is made of. */
function nameType(declared: Declared, type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `list<${nameType(declared, type.of)}>`;
    case 'map':
      return `map<string, ${nameType(declared, type.of)}>`;
    case 'object':
      return type.isOpen ? 'map<string, dyn>' : declareObject(declared, type.fields);
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    default:
      return type.kind;
  }
}

function declareObject(declared: Declared, members: ReadonlyMap<string, ValueType>): string {
  const fields = Object.fromEntries(
    [...members].map(([name, type]) => {
      declared.fields.add(name);
      return [name, nameType(declared, type)];
    }),
  );
  // The declaration counter belongs to this checker alone while it is made.
  const counter = declared;
  counter.count += 1;
  const name = `Object${counter.count}`;
  declared.environment.registerType(name, { fields });
  return name;
}

function selectionFaults(setting: Setting, selection: Selection): readonly ExpressionFault[] {
  const { root, names, node } = selection;
  const type = setting.variables.get(root);
  if (type === undefined) {
    const listed = `: there are ${[...setting.variables.keys()].join(', ')}`;
    const hint = suggest(root, setting.variables.keys(), listed);
    const message = `unknown variable \`${root}\`${hint}`;
    return [{ code: 'unknown-variable', offset: node.start, message }];
  }
  const bare = bareFault(selection);
  if (bare !== null) return [bare];
  const isSource = root === 'sources';
  const resolved = isSource
    ? resolve(setting.variables.get('args') ?? DYN, argumentOf(names), { throughLists: true })
    : resolve(type, names, { throughLists: false });
  if (resolved.ok || resolved.known === null) return [];
  const { depth, known } = resolved;
  return [absent(setting, isSource ? sourced(selection) : selection, { depth, known })];
}

/** `sources` is selected by the path of an argument. */
function argumentOf(names: readonly string[]): readonly string[] {
  return names[0]?.split('.') ?? [];
}

function sourced(selection: Selection): Selection {
  return { ...selection, root: 'args', names: argumentOf(selection.names) };
}

const LENT: Readonly<Record<string, string>> = {
  facts: 'name a fact, as in `facts.source`',
  counters: 'name an allow rule, as in `counters["start-return"]`',
  sources: 'name an argument, as in `sources["order_id"]`',
};

/** What a condition reads is known before it is evaluated, so these are selected by name. */
function bareFault({ root, names, node }: Selection): ExpressionFault | null {
  const message = Object.hasOwn(LENT, root) ? LENT[root] : undefined;
  if (message === undefined || names.length > 0) return null;
  return { code: 'expression-type', offset: node.start, message };
}

function absent(
  { of }: Setting,
  { root, names, node }: Selection,
  { depth, known }: { readonly depth: number; readonly known: readonly string[] },
): ExpressionFault {
  const name = names[depth] ?? '';
  const path = [root, ...names.slice(0, depth + 1)].join('.');
  const hint = suggest(name, known);
  const at = node.start;
  if (root === 'facts' && depth === 0) {
    return { code: 'unknown-fact', offset: at, message: `unknown fact \`${name}\`${hint}` };
  }
  if (root === 'counters') {
    const message = `no allow rule \`${name}\` to count${hint}`;
    return { code: 'unknown-rule', offset: at, message };
  }
  if (root === 'session') {
    const advice = hint === '' ? ': declare it under `session`' : hint;
    const message = `unknown session field \`${path}\`${advice}`;
    return { code: 'unknown-session-field', offset: at, message };
  }
  const owner = root === 'args' || root === 'sources' ? ` of ${of}` : '';
  const shown = root === 'sources' ? `args.${name}` : path;
  return {
    code: 'unknown-field',
    offset: at,
    message: `unknown field \`${shown}\`${owner}${hint}`,
  };
}

function typeFaults(
  { environment, fields }: Declared,
  { ast, wanted }: { readonly ast: ASTNode; readonly wanted: 'bool' | 'double' },
): readonly ExpressionFault[] {
  const { valid, type, error } = environment.check(ast.input);
  if (!valid) return [librarysFault(error, { fields, text: ast.input })];
  const isWanted = type === 'dyn' || type === wanted || (type === 'int' && wanted === 'double');
  if (isWanted) return [];
  const message = `expected a ${wanted === 'bool' ? 'condition' : 'number'}, found \`${type}\``;
  return [{ code: 'expression-type', offset: ast.start, message }];
}

function librarysFault(
  error: unknown,
  { fields, text }: { readonly fields: ReadonlySet<string>; readonly text: string },
): ExpressionFault {
  const { kind, offset, message } = faultOfError(error);
  if (kind === 'no_such_key') {
    const name = /: (.*)$/.exec(message)?.[1] ?? '';
    const start = /[\w$.]*$/.exec(text.slice(0, offset))?.[0] ?? '';
    const shown = `unknown field \`${start}${name}\`${suggest(name, fields)}`;
    return { code: 'unknown-field', offset: offset - start.length, message: shown };
  }
  if (/\bmoney\b/.test(message)) {
    const shown = `${message}: money compares with money only, write \`money("50.00")\``;
    return { code: 'money-mix', offset, message: shown };
  }
  const isMixed = /double [-+*/%] int|int [-+*/%] double/.test(message);
  const hint = isMixed ? ': arguments are doubles, write `1.0` for `1`' : '';
  return { code: 'expression-type', offset, message: `${message}${hint}` };
}
