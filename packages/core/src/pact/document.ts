import type { ASTNode } from '@marcbachmann/cel-js';

import type { Json, JsonObject } from '../json.ts';
import type { StagingRule } from '../staging/rule.ts';
import type {
  DrillRule,
  Effect,
  FlowOrigin,
  Mode,
  Tool,
  UndoArgument,
  Window,
} from './compiled.ts';
import type { Place } from './diagnostic.ts';

/** A value and where its author wrote it. */
export type Placed<T> = { readonly value: T; readonly place: Place };

/**
 * A CEL text, its syntax tree and where it stands.
 *
 * `place` is that of its first character. `lines` maps offsets of `text` to places, ascending;
 * use `placeIn` to find the place of a node.
 */
export type Expression = {
  readonly text: string;
  readonly ast: ASTNode;
  readonly place: Place;
  readonly lines: readonly { readonly from: number; readonly place: Place }[];
};

/** Returns the place of an offset (`node.start`) in an expression. */
export function placeIn(expression: Pick<Expression, 'place' | 'lines'>, offset: number): Place {
  const line = expression.lines.findLast(({ from }) => from <= offset);
  if (line === undefined) return expression.place;
  return { ...line.place, column: line.place.column + offset - line.from };
}

/** What every rule has. `place` is that of its `id`. `tools` is empty for an output rule. */
export type RuleDocument = {
  readonly id: string;
  readonly place: Place;
  readonly mode: Mode;
  readonly tools: readonly Placed<string>[];
  readonly output: Placed<string> | null;
  readonly when: Expression | null;
  readonly unless: Expression | null;
};

/** At most `calls` calls per window. */
export type LimitDocument = { readonly calls: number; readonly per: Window };

/** At most `max` (decimal string) of the argument at `sum` per window. */
export type BudgetDocument = {
  readonly sum: Placed<string>;
  readonly max: string;
  readonly per: Window;
};

/** Who approves; null where the pact's own approvers and time stand in. */
export type ApprovalDocument = {
  readonly approvers: readonly string[] | null;
  readonly quorum: number;
  readonly withinMs: number | null;
};

/** One rule of `allow`. */
export type AllowDocument = RuleDocument & {
  readonly limits: readonly LimitDocument[];
  readonly budgets: readonly BudgetDocument[];
};

/** One rule of `exclude`; `say` null takes the default text. */
export type ExcludeDocument = RuleDocument & { readonly say: string | null };

/** One rule of `step_up`. */
export type StepUpDocument = RuleDocument & ApprovalDocument & { readonly say: string | null };

/** One rule of `defer`. */
export type DeferDocument = RuleDocument & {
  readonly until: readonly Placed<string>[];
  readonly withinMs: number;
  readonly say: string | null;
};

/** One rewrite of a `modify` rule. */
export type RewriteDocument = { readonly path: Placed<string> } & (
  | { readonly kind: 'redact'; readonly replacement: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'clamp'; readonly min: number | null; readonly max: number | null }
  | { readonly kind: 'keep'; readonly where: Expression }
  | { readonly kind: 'set'; readonly value: Json }
);

/** One rule of `modify`. */
export type ModifyDocument = RuleDocument & { readonly rewrites: readonly RewriteDocument[] };

/** One rule of `flows`. */
export type FlowDocument = ApprovalDocument & {
  readonly id: string;
  readonly place: Place;
  readonly mode: Mode;
  readonly from: FlowOrigin;
  readonly to: readonly (Effect | 'open_world')[];
  readonly unless: Expression | null;
  readonly then: 'deny' | 'step_up';
  readonly say: string | null;
};

/** One rule of `duplicates`. */
export type DuplicateDocument = ApprovalDocument & {
  readonly id: string;
  readonly place: Place;
  readonly tools: readonly Placed<string>[];
  readonly key: readonly Placed<string>[];
  readonly spanMs: number;
  readonly then: 'deny' | 'step_up';
};

/** One rule of `checkpoints`; `to` names agents. */
export type CheckpointDocument = ApprovalDocument & {
  readonly id: string;
  readonly place: Place;
  readonly to: readonly Placed<string>[];
};

/** One task. `sources` keys are `<tool>.<argument path>` as written. */
export type TaskDocument = {
  readonly name: string;
  readonly place: Place;
  readonly tools: readonly Placed<string>[];
  readonly sources: readonly {
    readonly target: Placed<string>;
    readonly sources: readonly Placed<string>[];
  }[];
  readonly otherwise: 'deny' | 'step_up';
  readonly approvers: readonly string[] | null;
  readonly withinMs: number | null;
  readonly say: string | null;
};

/** What takes a tool back, and where its arguments come from; `path` is one of the arguments. */
export type UndoDocument = {
  readonly tool: Placed<string>;
  readonly args: readonly {
    readonly name: Placed<string>;
    readonly path: Placed<string> | null;
    readonly argument: UndoArgument;
  }[];
};

/** One declared tool with its defaults filled in; `schema` is the inline one. */
export type ToolDocument = {
  readonly place: Place;
  readonly tool: Tool;
  readonly undo: UndoDocument | null;
  readonly paths: readonly Placed<string>[];
};

/** The type of a session attribute or of a field of a fact. */
export type FieldType = 'string' | 'email' | 'int' | 'number' | 'bool' | 'list<string>';

/** A declared fact, or a built-in one nobody declared; `fields` null means any field. */
export type FactDocument = {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly place: Place;
  readonly key: Placed<string> | null;
  readonly maxAgeMs: number;
  readonly pending: 'deny' | 'defer';
  readonly withinMs: number;
  readonly fields: ReadonlyMap<string, FieldType> | null;
};

/** What a tier asks of the session. */
export type TierDocument = {
  readonly claim: string;
  readonly contains: string;
  readonly maxAgeMs: number;
};

/** A declared metric of the agent's work. */
export type MetricDocument = {
  readonly name: string;
  readonly place: Place;
  readonly source: string;
  readonly normalise: { readonly from: number; readonly to: number } | null;
  readonly labelledBy: string | null;
};

/** A test beside the pact: this action has this verdict. */
export type CaseDocument = {
  readonly id: string;
  readonly place: Place;
  readonly tool: Placed<string>;
  readonly args: JsonObject;
  readonly session: JsonObject;
  readonly task: string | null;
  readonly principalText: string | null;
  readonly expect: 'allow' | 'modify' | 'step_up' | 'defer' | 'deny';
  /** The rule that must have decided (for an `allow`: been charged), or null. */
  readonly rule: Placed<string> | null;
};

/** Metrics, their score and the constraints on them. */
export type MetricsDocument = {
  readonly metrics: readonly MetricDocument[];
  readonly score: Expression | null;
  readonly must: readonly Expression[];
  readonly truth: Placed<string> | null;
};

/** What is staged, with places for its tools. */
export type StagingDocument = Omit<StagingRule, 'tools'> & {
  readonly tools: readonly Placed<string>[];
};

/**
 * One pact file, parsed and typed, defaults filled in, not yet checked against its tools.
 *
 * `source` is the file as plain JSON, which the canonical form and the digest are made of. Members
 * nobody computes with (`canaries`, `watch`, `persona`) are validated and kept there.
 */
export type PactDocument = {
  readonly file: string;
  readonly place: Place;
  readonly source: JsonObject;
  readonly agent: Placed<string>;
  readonly purpose: string;
  readonly owner: string;
  readonly goal: string | null;
  readonly autonomy: Placed<1 | 2 | 3>;
  readonly timezone: string;
  readonly extends: Placed<string> | null;
  readonly schemas: readonly Placed<string>[];
  readonly caseFile: Placed<string> | null;
  readonly session: ReadonlyMap<string, FieldType>;
  readonly tools: ReadonlyMap<string, ToolDocument>;
  readonly facts: ReadonlyMap<string, FactDocument>;
  readonly tiers: {
    readonly standard: TierDocument | null;
    readonly elevated: TierDocument | null;
    readonly moneyAbove: string | null;
    readonly escalate: string | null;
  };
  readonly allow: readonly AllowDocument[];
  readonly exclude: readonly ExcludeDocument[];
  readonly stepUp: readonly StepUpDocument[];
  readonly defer: readonly DeferDocument[];
  readonly modify: readonly ModifyDocument[];
  readonly flows: readonly FlowDocument[];
  readonly duplicates: readonly DuplicateDocument[];
  readonly checkpoints: readonly CheckpointDocument[];
  readonly ruleOfTwo: Placed<'off' | 'step_up' | 'deny'>;
  readonly tasks: readonly TaskDocument[] | null;
  readonly gates: {
    readonly isOn: boolean;
    readonly widenAfter: number;
    readonly approvers: readonly string[] | null;
  };
  readonly bulk: {
    readonly percentile: number;
    readonly floor: number;
    readonly coldStart: number;
  } | null;
  readonly persistence: { readonly warn: number; readonly pause: number; readonly halt: number };
  readonly dormantAfterMs: number | null;
  readonly staging: StagingDocument | null;
  readonly approvers: readonly string[];
  readonly approvalWithinMs: number;
  readonly unlisted: 'hard_block' | 'block_and_replan';
  /** What a hook does while nobody decides. */
  readonly whenAway: 'refuse' | 'reads';
  readonly drill: DrillRule | null;
  readonly haltOn: readonly string[];
  readonly metrics: MetricsDocument;
  readonly cases: readonly CaseDocument[];
  /** Where canaries are planted, and what is watched. */
  readonly planted: readonly Placed<string>[];
  readonly watched: readonly Placed<string>[];
};
