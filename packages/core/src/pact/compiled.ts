import type { Digest } from '../digest.ts';
import type { Json, JsonObject } from '../json.ts';
import type { StagingRule } from '../staging/rule.ts';

/** The id of a rule as its author wrote it, or of a built-in rule (`gate:mail`, `unlisted`). */
export type RuleId = string;

/** What a call does to the world. */
export type Effect = 'read' | 'write' | 'send';

/**
 * What a condition sees. `sources` maps an argument path to the names of its sources;
 * `counters` maps an allow rule's id to the calls used of its limit. Members a condition does not
 * name are never computed.
 */
export type Scope = {
  readonly args: JsonObject;
  readonly tool: string;
  readonly session: JsonObject;
  readonly principal: string;
  readonly agent: string;
  readonly task: string;
  readonly facts: { readonly [name: string]: JsonObject };
  readonly counters: { readonly [rule: RuleId]: number };
  readonly sources: { readonly [path: string]: readonly string[] };
  readonly now: Date;
  /** Bound only inside `keep … where` of a `modify` rule. */
  readonly item?: Json;
};

/** The value of a condition, or why it has none. */
export type Evaluated =
  { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly why: string };

/**
 * A checked, compiled CEL condition.
 *
 * `evaluate` never throws. `facts` lists the facts the text names; `reads` the other
 * roots it names, so that the kernel computes only those.
 */
export type Condition = {
  readonly text: string;
  readonly facts: readonly string[];
  readonly reads: readonly ('counters' | 'sources')[];
  readonly evaluate: (scope: Scope) => Evaluated;
};

/** Whether a rule is enforced or only recorded. */
export type Mode = 'enforce' | 'observe';

/** Over what a limit or budget counts; a duration is a tumbling window per agent. */
export type Window =
  | { readonly kind: 'call' }
  | { readonly kind: 'session' | 'day' | 'agent' }
  | { readonly kind: 'window'; readonly lengthMs: number };

/** At most `calls` calls per window. */
export type Limit = { readonly calls: number; readonly per: Window };

/** At most `max` (decimal string) of the argument at `sum` per window. */
export type Budget = { readonly sum: string; readonly max: string; readonly per: Window };

/** The part every rule has. `tools` are names or globs (`*` within a segment). */
export type RuleBase = {
  readonly id: RuleId;
  readonly mode: Mode;
  readonly tools: readonly string[];
  /** Output class the rule is about (`commitment`, `any`), or null for tool calls. */
  readonly output: string | null;
  readonly when: Condition | null;
  readonly unless: Condition | null;
};

/** A permission. */
export type AllowRule = RuleBase & {
  readonly limits: readonly Limit[];
  readonly budgets: readonly Budget[];
  /** Covered by a test case of the pact, so never dormant. */
  readonly isCovered: boolean;
};

/** An exclusion and the text the agent is given. */
export type ExcludeRule = RuleBase & { readonly say: string };

/** A rule under which a person approves the exact action. */
export type StepUpRule = RuleBase & {
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly withinMs: number;
  readonly say: string;
};

/** A rule that suspends the action until facts are known. */
export type DeferRule = RuleBase & {
  readonly until: readonly string[];
  readonly withinMs: number;
  readonly say: string;
};

/** One bounded rewrite of the arguments. Paths are dotted (`to`, `customer.phone`). */
export type RewriteStep =
  | { readonly kind: 'redact'; readonly path: string; readonly replacement: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'clamp'; readonly path: string; readonly min?: number; readonly max?: number }
  | { readonly kind: 'keep'; readonly path: string; readonly where: Condition }
  | { readonly kind: 'set'; readonly path: string; readonly value: Json };

/** A rule that rewrites the action. */
export type ModifyRule = RuleBase & { readonly rewrites: readonly RewriteStep[] };

/** Where a flow starts. */
export type FlowOrigin =
  | { readonly kind: 'untrusted' }
  | { readonly kind: 'tainted' }
  | { readonly kind: 'label'; readonly label: string };

/** A rule on where content may go. */
export type FlowRule = {
  readonly id: RuleId;
  readonly mode: Mode;
  readonly from: FlowOrigin;
  readonly to: readonly (Effect | 'open_world')[];
  readonly unless: Condition | null;
  readonly then: 'deny' | 'step_up';
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly withinMs: number;
  readonly say: string;
};

/**
 * Where one argument's values may come from.
 *
 * A source is `principal`, `session`, `agent`, `trusted`, `untrusted`, a tool's name, or a tool's
 * name with a field path (`orders.get:customer.email`).
 */
export type SourceRule = {
  readonly tool: string;
  readonly path: string;
  readonly sources: readonly string[];
  readonly otherwise: 'deny' | 'step_up';
};

/** A named purpose. `tools` are names or globs. */
export type Task = {
  readonly name: string;
  readonly tools: readonly string[];
  readonly sources: readonly SourceRule[];
  readonly otherwise: 'deny' | 'step_up';
  readonly approvers: readonly string[];
  readonly withinMs: number;
  readonly say: string;
};

/** How much of a tool's result is believed, by field. Paths are dotted, without indices. */
export type Trust = {
  readonly byDefault: 'trusted' | 'untrusted';
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly format: 'json' | 'yaml' | 'text';
};

/**
 * What one argument of a compensating action is: one value of what was done, or always the same.
 * A path leads through members of the arguments or of the result; the empty one is the whole.
 */
export type UndoArgument = { readonly name: string } & (
  | { readonly from: 'args' | 'result'; readonly path: string }
  | { readonly from: 'value'; readonly value: Json }
);

/** One declared tool. Paths point into `args`. */
export type Tool = {
  readonly name: string;
  /** Null when the effect comes from the fact `command` about the argument at `effectFrom`. */
  readonly effect: Effect | null;
  readonly effectFrom: string | null;
  readonly category: string;
  readonly isOpenWorld: boolean;
  readonly trust: Trust;
  readonly reversible: 'yes' | 'partly' | 'no';
  readonly undo: string | null;
  /** Where the arguments of `undo` come from; a person fills the others in. */
  readonly undoArgs: readonly UndoArgument[];
  readonly money: string | null;
  readonly tier: 'public' | 'standard' | 'elevated';
  readonly sensitive: readonly string[];
  /** A path into `args`, `result.count`, or null. */
  readonly records: string | null;
  readonly touches: readonly ('self' | 'memory' | 'evaluator')[];
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly schema: JsonObject | null;
};

/** What a tier asks of the session. */
export type TierRule = {
  readonly claim: string;
  readonly contains: string;
  readonly maxAgeMs: number;
};

/** A declared fact: how old it may be, and what its absence means. */
export type FactRule = {
  readonly name: string;
  readonly maxAgeMs: number;
  readonly key: string | null;
  readonly pending: 'deny' | 'defer';
  readonly withinMs: number;
};

/** A rule that catches repeats. `key` are argument paths. */
export type DuplicateRule = {
  readonly id: RuleId;
  readonly tools: readonly string[];
  readonly key: readonly string[];
  readonly withinMs: number;
  readonly then: 'deny' | 'step_up';
  readonly approvers: readonly string[];
  readonly approvalWithinMs: number;
};

/** An approval gate on hand-offs to other agents. */
export type CheckpointRule = {
  readonly id: RuleId;
  readonly to: readonly string[];
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly withinMs: number;
};

/**
 * The rules of one layer that can concern one tool, in document order. `exact` holds when the rule
 * names the tool without a glob. For `output.*` these are the rules with an output class.
 */
export type ToolRules = {
  readonly allow: readonly { readonly rule: AllowRule; readonly exact: boolean }[];
  readonly exclude: readonly ExcludeRule[];
  readonly stepUp: readonly StepUpRule[];
  readonly defer: readonly DeferRule[];
  readonly modify: readonly ModifyRule[];
  readonly duplicates: readonly DuplicateRule[];
  readonly checkpoints: readonly CheckpointRule[];
};

/** One pact document of an `extends` chain, compiled. Every layer must allow. */
export type Layer = {
  readonly file: string;
  readonly autonomy: 1 | 2 | 3;
  readonly unlisted: 'hard_block' | 'block_and_replan';
  readonly flows: readonly FlowRule[];
  readonly ruleOfTwo: 'off' | 'step_up' | 'deny';
  readonly tasks: ReadonlyMap<string, Task> | null;
  readonly tiers: {
    readonly standard: TierRule | null;
    readonly elevated: TierRule | null;
    readonly moneyAbove: string | null;
    readonly escalate: string;
  };
  readonly bulk: {
    readonly percentile: number;
    readonly floor: number;
    readonly coldStart: number;
  } | null;
  readonly persistence: {
    readonly warn: number;
    readonly pause: number;
    readonly halt: number;
  };
  readonly dormantAfterMs: number | null;
  /** Every allow rule of the layer, in document order. */
  readonly allow: readonly AllowRule[];
  /** Who approves what a stage steps up when no rule names approvers. */
  readonly approvers: readonly string[];
  readonly approvalWithinMs: number;
  /** Returns the rules that can concern a tool; the answer is computed once per tool. */
  readonly rulesFor: (tool: string) => ToolRules;
};

/** How often halts are practised, and how many people must hold the right to halt. */
export type DrillRule = {
  readonly everyMs: number;
  readonly holders: number;
};

/**
 * A pact that passed every check, ready to decide.
 *
 * `document` is the canonical JSON of all layers; `digest` is over it. `layers` is never empty; the
 * first is the pact itself, then what it extends.
 */
export type CompiledPact = {
  readonly agent: string;
  readonly digest: Digest;
  readonly document: JsonObject;
  readonly timezone: string;
  /** Milliseconds to add to UTC for the pact's local time at an instant. */
  readonly offsetMs: (nowMs: number) => number;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly facts: ReadonlyMap<string, FactRule>;
  readonly sessionFields: readonly string[];
  readonly gates: {
    readonly isOn: boolean;
    readonly widenAfter: number;
    readonly approvers: readonly string[];
  };
  readonly haltOn: readonly string[];
  /** What is staged; the kernel does not read it. Null: nothing. */
  readonly staging: StagingRule | null;
  /** What a hook does while nobody decides; the kernel does not read it. */
  readonly whenAway: 'refuse' | 'reads';
  /** How halts are practised; the kernel does not read it. Null: on no schedule. */
  readonly drill: DrillRule | null;
  readonly layers: readonly Layer[];
};
