import { coveredRules } from './coverage.ts';
import type {
  AllowRule,
  CheckpointRule,
  Condition,
  DeferRule,
  DuplicateRule,
  ExcludeRule,
  FlowRule,
  Layer,
  ModifyRule,
  RewriteStep,
  RuleBase,
  StepUpRule,
  ToolRules,
} from './compiled.ts';
import type {
  ApprovalDocument,
  CheckpointDocument,
  DeferDocument,
  DuplicateDocument,
  ExcludeDocument,
  Expression,
  FlowDocument,
  ModifyDocument,
  PactDocument,
  RewriteDocument,
  RuleDocument,
  StepUpDocument,
} from './document.ts';
import { compileCondition } from './expression/condition.ts';
import { isGlob, matchesAny } from './glob.ts';

/**
 * Returns a layer's `allow` rules, and the index of all its rules: asked for a tool, those that can
 * concern it. The answer for a tool is made once; at most 4096 tools are remembered.
 */
export function compileRules(document: PactDocument): Pick<Layer, 'allow' | 'rulesFor'> {
  const all = compileAll(document);
  const known = new Map<string, ToolRules>();
  const rulesFor = (tool: string): ToolRules => {
    const found = known.get(tool);
    if (found !== undefined) return found;
    const rules = select(all, tool);
    if (known.size < MAX_KNOWN) known.set(tool, rules);
    return rules;
  };
  return { allow: all.allow, rulesFor };
}

const MAX_KNOWN = 4096;

type AllRules = Omit<ToolRules, 'allow'> & { readonly allow: readonly AllowRule[] };

function compileAll(document: PactDocument): AllRules {
  const allow = document.allow.map((rule): AllowRule => ({
    ...compileBase(rule),
    limits: rule.limits,
    budgets: rule.budgets.map(({ sum, max, per }) => ({ sum: sum.value, max, per })),
    isCovered: false,
  }));
  const covered = coveredRules(allow, document.cases);
  return {
    allow: allow.map((rule) => ({ ...rule, isCovered: covered.has(rule.id) })),
    exclude: document.exclude.map((rule) => compileExclude(rule)),
    stepUp: document.stepUp.map((rule) => compileStepUp(document, rule)),
    defer: document.defer.map((rule) => compileDefer(rule)),
    modify: document.modify.map((rule) => compileModify(rule)),
    duplicates: document.duplicates.map((rule) => compileDuplicate(document, rule)),
    checkpoints: document.checkpoints.map((rule) => compileCheckpoint(document, rule)),
  };
}

function select(all: AllRules, tool: string): ToolRules {
  const concerns = (rule: RuleBase): boolean => concernsTool(rule, tool);
  const agent = tool.startsWith('handoff.') ? tool.slice('handoff.'.length) : null;
  return {
    allow: all.allow.filter(concerns).map((rule) => ({ rule, exact: isExact(rule, tool) })),
    exclude: all.exclude.filter(concerns),
    stepUp: all.stepUp.filter(concerns),
    defer: all.defer.filter(concerns),
    modify: all.modify.filter(concerns),
    duplicates: all.duplicates.filter(({ tools }) => matchesAny(tools, tool)),
    checkpoints: all.checkpoints.filter(({ to }) => agent !== null && to.includes(agent)),
  };
}

function concernsTool({ output, tools }: RuleBase, tool: string): boolean {
  if (tool.startsWith('output.')) return output !== null;
  return output === null && matchesAny(tools, tool);
}

function isExact({ output, tools }: RuleBase, tool: string): boolean {
  return output !== null || tools.some((pattern) => !isGlob(pattern) && pattern === tool);
}

function condition(expression: Expression | null): Condition | null {
  return expression === null ? null : compileCondition(expression);
}

function compileBase({ id, mode, tools, output, when, unless }: RuleDocument): RuleBase {
  return {
    id,
    mode,
    tools: tools.map(({ value }) => value),
    output: output?.value ?? null,
    when: condition(when),
    unless: condition(unless),
  };
}

type Asked = Pick<StepUpRule, 'approvers' | 'quorum' | 'withinMs'>;

function compileApproval(document: PactDocument, rule: ApprovalDocument): Asked {
  return {
    approvers: rule.approvers ?? document.approvers,
    quorum: rule.quorum,
    withinMs: rule.withinMs ?? document.approvalWithinMs,
  };
}

function compileExclude(rule: ExcludeDocument): ExcludeRule {
  return { ...compileBase(rule), say: rule.say ?? `rule \`${rule.id}\` does not let you do this` };
}

function compileStepUp(document: PactDocument, rule: StepUpDocument): StepUpRule {
  const say = rule.say ?? `rule \`${rule.id}\` asks a person to approve this`;
  return { ...compileBase(rule), ...compileApproval(document, rule), say };
}

function compileDefer(rule: DeferDocument): DeferRule {
  const until = rule.until.map(({ value }) => value);
  const say = rule.say ?? `rule \`${rule.id}\` waits until ${until.join(', ')} is known`;
  return { ...compileBase(rule), until, withinMs: rule.withinMs, say };
}

function compileModify(rule: ModifyDocument): ModifyRule {
  return { ...compileBase(rule), rewrites: rule.rewrites.map((step) => compileRewrite(step)) };
}

function compileRewrite(step: RewriteDocument): RewriteStep {
  const path = step.path.value;
  switch (step.kind) {
    case 'redact':
      return { kind: 'redact', path, replacement: step.replacement };
    case 'remove':
      return { kind: 'remove', path };
    case 'clamp':
      return {
        kind: 'clamp',
        path,
        ...(step.min === null ? {} : { min: step.min }),
        ...(step.max === null ? {} : { max: step.max }),
      };
    case 'keep':
      return { kind: 'keep', path, where: compileCondition(step.where) };
    default:
      return { kind: 'set', path, value: step.value };
  }
}

/** Returns a flow with the layer's approvers where it names none. */
export function compileFlow(document: PactDocument, rule: FlowDocument): FlowRule {
  const { id, mode, from, to, then } = rule;
  return {
    id,
    mode,
    from,
    to,
    then,
    unless: condition(rule.unless),
    ...compileApproval(document, rule),
    say: rule.say ?? `rule \`${id}\`: content of this origin may not go there`,
  };
}

function compileDuplicate(document: PactDocument, rule: DuplicateDocument): DuplicateRule {
  const { approvers, withinMs } = compileApproval(document, rule);
  return {
    id: rule.id,
    tools: rule.tools.map(({ value }) => value),
    key: rule.key.map(({ value }) => value),
    withinMs: rule.spanMs,
    then: rule.then,
    approvers,
    approvalWithinMs: withinMs,
  };
}

function compileCheckpoint(document: PactDocument, rule: CheckpointDocument): CheckpointRule {
  const to = rule.to.map(({ value }) => value);
  return { id: rule.id, to, ...compileApproval(document, rule) };
}
