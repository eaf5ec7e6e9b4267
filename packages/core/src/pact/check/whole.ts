import type { Tool } from '../compiled.ts';
import { placeIn } from '../document.ts';
import { makeChecker } from '../expression/checker.ts';
import { selections } from '../expression/tree.ts';
import { NUMBER } from '../expression/types.ts';
import { matchesAny } from '../glob.ts';
import { suggest } from '../suggest.ts';
import type { Context } from './context.ts';

/**
 * Warns where one session can read untrusted content, see sensitive records and act on the world,
 * and nothing asks a person. Source: the Rule of Two, spec/pact/language.md.
 */
export function checkRuleOfTwo(contexts: readonly Context[]): void {
  const [own] = contexts;
  if (own === undefined) return;
  if (contexts.some(hasSaid)) return;
  for (const within of own.document.tasks?.map(({ tools }) => patternsOf(tools)) ?? [null]) {
    const reachable = [...own.tools.values()].filter(
      ({ name }) =>
        (within === null || matchesAny(within, name)) &&
        contexts.every(({ document }) => allows(document.allow, name)),
    );
    const message = sayRuleOfTwo(reachable);
    if (message === null) continue;
    const { place } = own.document.ruleOfTwo;
    own.findings.warn({ code: 'rule-of-two', place, message });
    return;
  }
}

/** An `off` that is written out was meant. */
function hasSaid({ document: { ruleOfTwo, place } }: Context): boolean {
  const isDefault = ruleOfTwo.place.line === place.line && ruleOfTwo.place.column === place.column;
  return ruleOfTwo.value !== 'off' || !isDefault;
}

function patternsOf(tools: readonly { readonly value: string }[]): readonly string[] {
  return tools.map(({ value }) => value);
}

function allows(rules: Context['document']['allow'], tool: string): boolean {
  return rules.some(({ tools }) => matchesAny(patternsOf(tools), tool));
}

function sayRuleOfTwo(tools: readonly Tool[]): string | null {
  const named = (test: (tool: Tool) => boolean): string =>
    tools
      .filter((tool) => test(tool))
      .map(({ name }) => `\`${name}\``)
      .join(', ');
  const untrusted = named(
    ({ trust }) => trust.byDefault === 'untrusted' || trust.untrusted.length > 0,
  );
  const sensitive = named((tool) => tool.sensitive.length > 0);
  const external = named(({ effect, isOpenWorld }) => effect !== 'read' || isOpenWorld);
  if (untrusted === '' || sensitive === '' || external === '') return null;
  return (
    `one session can read untrusted content (${untrusted}), see sensitive records (${sensitive}) ` +
    `and act on the world (${external}): set ` +
    '`rule_of_two` to `step_up`, or to `off` to accept it'
  );
}

/**
 * Warns of a name under `canaries.plant` or `watch` that is nearly one the pact knows. Other parts
 * of the product may know more of both.
 */
export function checkKept({ document, findings, tools }: Context): void {
  const places = new Set([...tools.values()].flatMap(({ name, category }) => [name, category]));
  const signals = new Set(['scope_violations', ...document.metrics.metrics.map((m) => m.name)]);
  const pairs = [
    { what: 'place to plant canaries', names: document.planted, known: places },
    { what: 'signal to watch', names: document.watched, known: signals },
  ];
  for (const { what, names, known } of pairs) {
    for (const { value, place } of names) {
      const hint = known.has(value) ? '' : suggest(value, known);
      if (hint === '') continue;
      findings.warn({ code: 'bad-value', place, message: `\`${value}\` is no ${what}${hint}` });
    }
  }
}

/** Checks score and constraints as CEL over the declared metrics. */
export function checkMetrics({ document, findings }: Context): void {
  const { metrics, score, must, truth } = document.metrics;
  const expressions = score === null ? must : [score, ...must];
  const used = new Map(
    expressions.flatMap((expression) =>
      selections(expression.ast, new Set()).map(
        ({ root, node }) => [root, placeIn(expression, node.start)] as const,
      ),
    ),
  );
  const declared = new Set(metrics.map(({ name }) => name));
  const named = truth === null ? used : new Map([...used, [truth.value, truth.place] as const]);
  for (const [name, place] of named) {
    if (declared.has(name) || declared.size === 0) continue;
    const hint = suggest(name, declared, ': declare it under `metrics.terms`');
    const message = `unknown metric \`${name}\`${hint}`;
    findings.error({ code: 'unknown-metric', place, message });
  }
  const [place] = named.values();
  if (declared.size === 0 && place !== undefined) {
    const listed = [...named.keys()].map((name) => `\`${name}\``).join(', ');
    const message = `${listed} have no source yet: declare them under \`metrics.terms\``;
    findings.warn({ code: 'unknown-metric', place, message });
  }
  const variables = new Map([...named.keys()].map((name) => [name, NUMBER] as const));
  const checker = makeChecker({ variables, of: 'the metrics' });
  for (const expression of expressions) {
    const wanted = expression === score ? 'double' : 'bool';
    for (const { code, offset, message } of checker(expression.ast, wanted)) {
      findings.error({ code, place: placeIn(expression, offset), message });
    }
  }
}
