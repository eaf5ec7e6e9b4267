import {
  type CelFunc,
  type CelInput,
  celEnv,
  celFunc,
  CelScalar,
  isCelError,
  objectType,
  parse,
  plan,
} from '@bufbuild/cel';
import { create, createRegistry } from '@bufbuild/protobuf';
import { SourceContextSchema, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Evaluated, Json, Scope } from '@plumbline/core';

import { compareDecimals, type Decimal, decimalOf, minus, plus, printDecimal } from './decimal.ts';

// CEL has no decimal, so an amount travels as a message of one string that nothing else uses.
const MONEY = objectType(SourceContextSchema);
const { BOOL, DYN } = CelScalar;

const relations: readonly (readonly [string, (order: number) => boolean])[] = [
  ['_<_', (order) => order < 0],
  ['_<=_', (order) => order <= 0],
  ['_>_', (order) => order > 0],
  ['_>=_', (order) => order >= 0],
];

const env = celEnv({ funcs: moneyFunctions(), registry: createRegistry(SourceContextSchema) });
const planned = new Map<string, (bindings: Record<string, CelInput>) => unknown>();

/**
 * Returns the value of a CEL text over a scope, or why it has none. It never throws.
 *
 * Source: spec/decide.md, section "Conditions".
 */
export function evaluateText(text: string, scope: Scope): Evaluated {
  try {
    const value = planOf(text)(bindingsOf(scope));
    if (typeof value === 'boolean') return { ok: true, value };
    return { ok: false, why: isCelError(value) ? value.message : 'not true or false' };
  } catch (error) {
    return { ok: false, why: String(error) };
  }
}

function planOf(text: string): (bindings: Record<string, CelInput>) => unknown {
  const known = planned.get(text);
  if (known !== undefined) return known;
  const made = plan(env, parse(text));
  planned.set(text, made);
  return made;
}

function bindingsOf(scope: Scope): Record<string, CelInput> {
  return {
    args: inputOf(scope.args),
    tool: scope.tool,
    session: inputOf(scope.session),
    principal: scope.principal,
    agent: scope.agent,
    task: scope.task,
    facts: inputOf(scope.facts),
    counters: inputOf(scope.counters),
    sources: inputOf(scope.sources),
    now: timestampFromMs(scope.now.getTime()),
    ...(scope.item === undefined ? {} : { item: inputOf(scope.item) }),
  };
}

function inputOf(value: Json): CelInput {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inputOf);
  return new Map(Object.entries(value).map(([name, member]) => [name, inputOf(member)]));
}

function moneyFunctions(): CelFunc[] {
  const amount = celFunc('money', [DYN], MONEY, (value) => {
    const decimal = typeof value === 'bigint' ? decimalOf(String(value)) : decimalOf(plain(value));
    if (decimal === null) throw new Error('not an amount');
    return messageOf(decimal);
  });
  const orders = relations.map(([name, holds]) =>
    celFunc(name, [MONEY, MONEY], BOOL, (left, right) =>
      holds(compareDecimals(amountOf(left.message.fileName), amountOf(right.message.fileName))),
    ),
  );
  const sums = [plus, minus].map((combine, index) =>
    celFunc(index === 0 ? '_+_' : '_-_', [MONEY, MONEY], MONEY, (left, right) =>
      messageOf(combine(amountOf(left.message.fileName), amountOf(right.message.fileName))),
    ),
  );
  return [amount, ...orders, ...sums];
}

function plain(value: unknown): Json | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function messageOf(value: Decimal): ReturnType<typeof create<typeof SourceContextSchema>> {
  return create(SourceContextSchema, { fileName: printDecimal(value) });
}

function amountOf(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}
