import type { Place } from '../diagnostic.ts';
import type { AllowDocument, FlowDocument, Placed, RuleDocument } from '../document.ts';
import { makeChecker } from '../expression/checker.ts';
import type { Checker } from '../expression/checker.ts';
import { DYN, TEXT } from '../expression/types.ts';
import type { ValueType } from '../expression/types.ts';
import { isGlob } from '../glob.ts';
import { isAddress } from '../scalars.ts';
import { suggest } from '../suggest.ts';
import {
  checkArgument,
  checkCondition,
  checkValuePath,
  checkerOf,
  toolsOf,
  unknown,
  variablesOf,
} from './context.ts';
import type { Context } from './context.ts';

/** Ids the kernel gives its own findings; a rule of that name could not be told apart. */
const RESERVED: ReadonlySet<string> = new Set(
  'session in-flight unlisted no-allow task rule_of_two modify approval arguments'.split(' '),
);
const STAGES =
  /^(halt|protected|tier|autonomy|task|source|limit|budget|gate|bulk|persistence|lock|dormant):./;

/** Returns whether a rule id is one the kernel gives, such as `unlisted` or `gate:mail`. */
export function isKernelRule(id: string): boolean {
  return RESERVED.has(id) || STAGES.test(id);
}

const OUTPUT_CLASSES: readonly string[] = ['any', 'commitment', 'advice'];

/** A rule id and where it stands. */
export type RuleName = { readonly id: string; readonly place: Place };

/** Returns the names of every rule of a layer, in document order of the lists. */
export function ruleNames({ document }: Pick<Context, 'document'>): readonly RuleName[] {
  const { allow, exclude, stepUp, defer, modify, flows, duplicates, checkpoints } = document;
  return [allow, exclude, stepUp, defer, modify, flows, duplicates, checkpoints].flat();
}

/** Checks that rule names are unique over all layers and none is the kernel's own. */
export function checkNames(contexts: readonly Context[]): void {
  const seen = new Map<string, Place>();
  for (const context of contexts) {
    for (const { id, place } of ruleNames(context)) {
      const first = seen.get(id);
      if (first !== undefined) {
        const where = `${first.file}:${first.line}`;
        const message = `rule \`${id}\` is already at ${where}: rename one`;
        context.findings.error({ code: 'duplicate-rule', place, message });
      }
      seen.set(id, first ?? place);
      if (!RESERVED.has(id)) continue;
      const message = `\`${id}\` is a name of the kernel's own: rename the rule`;
      context.findings.error({ code: 'bad-name', place, message });
    }
  }
}

/** Checks every rule of a layer: its tools, its conditions, its argument paths. */
export function checkRules(context: Context): void {
  const { allow, exclude, stepUp, defer, modify, flows, duplicates } = context.document;
  for (const rule of [...allow, ...exclude, ...stepUp, ...defer, ...modify]) {
    checkTools(context, rule.tools);
    checkConditions(context, rule);
    checkOutput(context, rule);
  }
  for (const rule of allow) checkAllow(context, rule);
  for (const { until } of defer) {
    for (const name of until) checkFact(context, name);
  }
  for (const rule of modify) checkRewrites(context, rule);
  for (const flow of flows) checkFlow(context, flow);
  checkQuorums(context);
  checkTools(context, context.document.staging?.tools ?? []);
  for (const rule of duplicates) {
    checkTools(context, rule.tools);
    checkPaths(context, rule.tools, rule.key);
  }
}

/** Checks that each name is a declared tool (or a hand-off), and each glob matches one. */
export function checkTools(context: Context, patterns: readonly Placed<string>[]): void {
  for (const pattern of patterns) {
    const { value, place } = pattern;
    if (value.startsWith('handoff.')) continue;
    if (value === 'output' || value.startsWith('output.')) {
      const message = `\`${value}\` is not named as a tool: write \`output: any\``;
      context.findings.error({ code: 'bad-value', place, message });
      continue;
    }
    if (!isGlob(value)) {
      if (context.visible.has(value)) continue;
      const known = context.visible.keys();
      unknown(context, pattern, { code: 'unknown-tool', what: 'tool', known });
      continue;
    }
    if (toolsOf(context, value).length > 0) continue;
    const message = `\`${value}\` matches no tool: declare one under \`tools\``;
    context.findings.error({ code: 'unknown-tool', place, message });
  }
}

/** A condition must hold its types for every tool of its rule; the first that fails is shown. */
function checkConditions(context: Context, rule: RuleDocument): void {
  const subjects = subjectsOf(context, rule);
  for (const expression of [rule.when, rule.unless]) {
    if (expression === null) continue;
    subjects.every((tool) => checkCondition(context, expression, checkerOf(context, tool)));
  }
}

function subjectsOf(context: Context, rule: RuleDocument): readonly string[] {
  if (rule.output !== null) return ['output'];
  const named = rule.tools.flatMap(({ value }) => toolsOf(context, value));
  return named.length === 0 ? ['any'] : [...new Set(named)];
}

function checkAllow(context: Context, rule: AllowDocument): void {
  const { autonomy } = context.document;
  for (const { value, place } of rule.tools.filter((tool) => isGlob(tool.value))) {
    const names = toolsOf(context, value).map((name) => `\`${name}\``);
    const message = `\`${value}\` allows whatever it will match, today ${names.join(', ')}`;
    if (autonomy.value === 3) {
      const advice = `${message}: at autonomy 3 name each tool`;
      context.findings.error({ code: 'allow-glob', place, message: advice });
    } else context.findings.warn({ code: 'allow-glob', place, message });
  }
  const sums = rule.budgets.map(({ sum }) => sum);
  for (const { sum, type } of checkPaths(context, rule.tools, sums)) {
    if (type.kind === 'double' || type.kind === 'string' || type.kind === 'dyn') continue;
    const message = `\`${sum.value}\` is a ${type.kind}: a budget sums numbers`;
    context.findings.error({ code: 'wrong-type', place: sum.place, message });
  }
}

function checkPaths(
  context: Context,
  patterns: readonly Placed<string>[],
  paths: readonly Placed<string>[],
): readonly { readonly sum: Placed<string>; readonly type: ValueType }[] {
  const names = new Set(patterns.flatMap(({ value }) => toolsOf(context, value)));
  return paths.flatMap((sum) => {
    for (const tool of names) {
      const type = checkValuePath(context, tool, sum);
      if (type === null) return [];
      if (type.kind !== 'dyn') return [{ sum, type }];
    }
    return [];
  });
}

function checkFact(context: Context, name: Placed<string>): void {
  if (context.facts.has(name.value)) return;
  const known = context.facts.keys();
  unknown(context, name, { code: 'unknown-fact', what: 'fact', known });
}

function checkRewrites(context: Context, rule: Context['document']['modify'][number]): void {
  const subjects = subjectsOf(context, rule);
  for (const rewrite of rule.rewrites) {
    for (const tool of subjects) {
      const type = tool === 'any' ? DYN : typeAt(context, { tool, rule, path: rewrite.path });
      if (type === null) break;
      if (rewrite.kind !== 'keep') continue;
      const item = type.kind === 'list' ? type.of : DYN;
      if (!checkCondition(context, rewrite.where, itemChecker(context, tool, item))) break;
    }
  }
}

type Target = {
  readonly tool: string;
  readonly rule: RuleDocument;
  readonly path: Placed<string>;
};

function typeAt(context: Context, { tool, rule, path }: Target): ValueType | null {
  if (rule.output === null) return checkArgument(context, tool, path);
  if (path.value === 'text') return TEXT;
  const message = `unknown field \`args.${path.value}\` of an output, did you mean \`text\`?`;
  context.findings.error({ code: 'unknown-field', place: path.place, message });
  return null;
}

function itemChecker(context: Context, tool: string, item: ValueType): Checker {
  const variables = new Map([...variablesOf(context, tool), ['item', item] as const]);
  return makeChecker({ variables, of: tool });
}

/** A detector may find other classes, so only a near miss of a known one is doubtful. */
function checkOutput({ findings }: Context, { output }: RuleDocument): void {
  if (output === null || OUTPUT_CLASSES.includes(output.value)) return;
  const hint = suggest(output.value, OUTPUT_CLASSES);
  if (hint === '') return;
  const message = `output class \`${output.value}\` is none of the known ones${hint}`;
  findings.warn({ code: 'bad-value', place: output.place, message });
}

/** Where every approver is one person, no more than these can ever approve. */
function checkQuorums({ document, findings }: Context): void {
  const { stepUp, flows, checkpoints } = document;
  for (const rule of [...stepUp, ...flows, ...checkpoints]) {
    const people = new Set(rule.approvers ?? document.approvers);
    if ([...people].some((name) => !isAddress(name)) || rule.quorum <= people.size) continue;
    const message =
      `rule \`${rule.id}\` asks ${rule.quorum} people and names ${people.size}: ` +
      'lower `quorum`, or name more approvers or a role';
    findings.error({ code: 'bad-value', place: rule.place, message });
  }
}

function checkLabel({ tools, findings }: Context, { from, place }: FlowDocument): void {
  if (from.kind !== 'label') return;
  const given = [...tools.values()].flatMap(({ sensitive }) => sensitive);
  const labels = new Set([...given, 'untrusted', 'external']);
  if (labels.has(from.label)) return;
  const hint = suggest(from.label, labels, ': list it under `sensitive` of a tool');
  const message = `no tool gives the label \`${from.label}\`${hint}`;
  findings.error({ code: 'unknown-label', place, message });
}

function checkFlow(context: Context, flow: FlowDocument): void {
  checkLabel(context, flow);
  const { unless } = flow;
  if (unless !== null) checkCondition(context, unless, checkerOf(context, 'any'));
}
