import type { Expression, FactDocument } from '../document.ts';
import { selections } from '../expression/tree.ts';
import { hasArgument, toolsOf } from './context.ts';
import type { Context } from './context.ts';

/** A fact is looked up by an argument, which at least one tool that asks for it must have. */
export function checkFactKeys(context: Context): void {
  const { findings, document, tools } = context;
  for (const fact of document.facts.values()) {
    const { key, isBuiltIn } = fact;
    if (key === null || isBuiltIn) continue;
    const asking = askersOf(context, fact);
    const names = asking.length === 0 ? [...tools.keys()] : asking;
    if (names.some((name) => isOpen(context, name))) continue;
    if (names.some((name) => hasArgument(context, name, key.value))) continue;
    const message = `no tool has an argument \`${key.value}\` to look the fact up by`;
    const which = asking.length === 0 ? message : message.replace('no tool', 'no tool that asks');
    findings.error({ code: 'unknown-field', place: key.place, message: which });
  }
}

function isOpen({ tools }: Context, name: string): boolean {
  return name !== 'output' && (tools.get(name)?.schema ?? null) === null;
}

/** The tools whose rules read a fact; none when any tool may, or no rule of this layer does. */
function askersOf(context: Context, { name }: FactDocument): readonly string[] {
  const { allow, exclude, stepUp, defer, modify, flows } = context.document;
  if (flows.some(({ unless }) => reads(unless, name))) return [];
  const waiting = defer.filter(({ until }) => until.some(({ value }) => value === name));
  const reading = [...allow, ...exclude, ...stepUp, ...defer, ...modify].filter(
    ({ when, unless }) => reads(when, name) || reads(unless, name),
  );
  const asked = [...waiting, ...reading].flatMap(({ tools, output }) =>
    output === null ? tools.flatMap(({ value }) => named(context, value)) : ['output'],
  );
  return [...new Set(asked)];
}

/** A hand-off has no schema, so it takes anything. */
function named(context: Context, pattern: string): readonly string[] {
  const found = toolsOf(context, pattern);
  return found.length === 0 ? [pattern] : found;
}

function reads(expression: Expression | null, fact: string): boolean {
  if (expression === null) return false;
  return selections(expression.ast, new Set()).some(
    ({ root, names }) => root === 'facts' && names[0] === fact,
  );
}
