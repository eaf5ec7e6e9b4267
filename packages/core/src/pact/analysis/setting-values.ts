import type { Json, JsonObject } from '../../json.ts';
import type { Tool, UndoArgument, Window } from '../compiled.ts';
import type { ApprovalDocument, PactDocument, RewriteDocument, RuleDocument } from '../document.ts';

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** Returns a span as a pact writes it (`15m`), or null. */
export function spanText(spanMs: number | null): string | null {
  if (spanMs === null) return null;
  const unit = units.find(([, length]) => spanMs >= length && spanMs % length === 0);
  return unit === undefined ? `${spanMs}ms` : `${spanMs / unit[1]}${unit[0]}`;
}

/** Returns a window as a pact writes it: `session`, `day`, `agent`, `call` or a span. */
export function windowText(window: Window): string {
  return window.kind === 'window' ? (spanText(window.lengthMs) ?? '') : window.kind;
}

/** Returns the settings of every declared tool, and of facts. */
export function toolSettings({ tools, facts }: PactDocument): readonly [string, Json][] {
  const declared = [...tools.values()].map(({ tool }): [string, Json] => [
    `tool \`${tool.name}\``,
    {
      effect: tool.effect ?? `from(${tool.effectFrom ?? ''})`,
      category: tool.category,
      open_world: tool.isOpenWorld,
      trust: tool.trust.byDefault,
      trusted: tool.trust.trusted,
      untrusted: tool.trust.untrusted,
      format: tool.trust.format,
      reversible: tool.reversible,
      undo: undoText(tool),
      money: tool.money,
      tier: tool.tier,
      sensitive: tool.sensitive,
      records: tool.records,
      touches: tool.touches,
      entity: tool.entity,
      schema: tool.schema,
    },
  ]);
  const known = [...facts.values()]
    .filter(({ isBuiltIn }) => !isBuiltIn)
    .map((fact): [string, Json] => [
      `fact \`${fact.name}\``,
      {
        max_age: spanText(fact.maxAgeMs),
        key: fact.key?.value ?? null,
        pending: fact.pending,
        within: spanText(fact.withinMs),
      },
    ]);
  return [...declared, ...known];
}

/** Returns what takes a tool back as a pact writes it. */
function undoText({ undo, undoArgs }: Tool): Json {
  if (undo === null || undoArgs.length === 0) return undo;
  const args = undoArgs.map((each): [string, Json] => [
    each.name,
    each.from === 'value' ? { value: each.value } : undoSource(each),
  ]);
  return { tool: undo, args: Object.fromEntries(args) };
}

/** Returns where an argument of a compensating action comes from: `args.order`, `result`. */
export function undoSource(argument: Exclude<UndoArgument, { readonly from: 'value' }>): string {
  return argument.path === '' ? argument.from : `${argument.from}.${argument.path}`;
}

/** Returns what rules say besides their conditions, limits and budgets. */
export function ruleSettings(document: PactDocument): readonly [string, Json][] {
  const { allow, exclude, stepUp, defer, modify, duplicates, checkpoints } = document;
  return [
    ...allow.map((rule) => ruleEntry('allow', rule, {})),
    ...exclude.map((rule) => ruleEntry('exclude', rule, { say: rule.say })),
    ...stepUp.map((rule) => ruleEntry('step_up', rule, { ...approval(rule), say: rule.say })),
    ...defer.map((rule) => {
      const until = rule.until.map(({ value }) => value);
      return ruleEntry('defer', rule, { until, within: spanText(rule.withinMs), say: rule.say });
    }),
    ...modify.map((rule) => {
      return ruleEntry('modify', rule, { rewrite: rule.rewrites.map(rewriteText) });
    }),
    ...duplicates.map((rule): [string, Json] => [
      `rule \`${rule.id}\` of \`duplicates\``,
      {
        tool: rule.tools.map(({ value }) => value),
        key: rule.key.map(({ value }) => value),
        within: spanText(rule.spanMs),
        then: rule.then,
        approvers: rule.approvers,
      },
    ]),
    ...checkpoints.map((rule): [string, Json] => [
      `checkpoint \`${rule.id}\``,
      { to: rule.to.map(({ value }) => value), ...approval(rule) },
    ]),
  ];
}

function ruleEntry(list: string, rule: RuleDocument, extra: JsonObject): [string, Json] {
  const { mode, output } = rule;
  const members = { mode, output: output?.value ?? null, ...extra };
  return [`rule \`${rule.id}\` of \`${list}\``, members];
}

function approval({ approvers, quorum, withinMs }: ApprovalDocument): JsonObject {
  return { approvers, quorum, within: spanText(withinMs) };
}

function rewriteText(step: RewriteDocument): string {
  const path = step.path.value;
  switch (step.kind) {
    case 'redact':
      return `redact ${path} with ${step.replacement}`;
    case 'remove':
      return `remove ${path}`;
    case 'clamp':
      return `clamp ${path} to ${step.min ?? ''}..${step.max ?? ''}`;
    case 'keep':
      return `keep ${path} where ${step.where.text}`;
    case 'set':
      return `set ${path} to ${JSON.stringify(step.value)}`;
  }
}
