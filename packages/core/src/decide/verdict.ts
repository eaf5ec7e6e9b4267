import type { JsonObject, Json } from '../json.ts';
import type { RuleId } from '../pact/compiled.ts';

/** The five verdicts, least restrictive first. Source: spec/decide.md, section "The lattice". */
export const VERDICTS = ['allow', 'modify', 'step_up', 'defer', 'deny'] as const;

/** One of the five verdicts. */
export type VerdictKind = (typeof VERDICTS)[number];

/** Who has to approve for one rule to be discharged. */
export type Requirement = {
  readonly rule: RuleId;
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly withinMs: number;
};

/** One change to the arguments: the path, and the value now there (`undefined`: removed). */
export type Rewrite = {
  readonly rule: RuleId;
  readonly path: string;
  readonly value: Json | undefined;
};

/** What happens to the action. `say` is the text the agent is given. */
export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'modify'; readonly args: JsonObject; readonly rewrites: readonly Rewrite[] }
  | { readonly kind: 'step_up'; readonly requirements: readonly Requirement[] }
  | { readonly kind: 'defer'; readonly until: readonly string[]; readonly expiresAtMs: number }
  | { readonly kind: 'deny'; readonly say: string };

/** The stages in the order their findings are explained; the order never changes the verdict. */
export const STAGES = [
  'halted',
  'session',
  'unlisted',
  'excluded',
  'protected',
  'authority',
  'autonomy',
  'task',
  'sources',
  'flows',
  'rule_of_two',
  'limits',
  'gates',
  'duplicates',
  'bulk',
  'persistence',
  'locks',
  'dormant',
  'checkpoints',
  'step_up',
  'defer',
  'modify',
  'allow',
] as const;

/** One of the stages of a decision. */
export type Stage = (typeof STAGES)[number];

/**
 * One stage's answer for one rule: an element of the lattice with its reason.
 *
 * `violation` marks a scope violation (it can close a gate). `observed` findings are recorded and
 * never joined (`mode: observe`).
 */
export type Finding = {
  readonly stage: Stage;
  readonly rule: RuleId;
  readonly kind: VerdictKind;
  readonly say: string;
  readonly violation?: boolean;
  readonly observed?: boolean;
  readonly requirement?: Requirement;
  readonly until?: readonly string[];
  readonly withinMs?: number;
  readonly halts?: 'session';
};

/** What whoever enforces the decision must also do. */
export type Obligation =
  | { readonly kind: 'alert'; readonly rule: RuleId; readonly say: string }
  | { readonly kind: 'warn'; readonly rule: RuleId; readonly say: string }
  | { readonly kind: 'halt_session'; readonly rule: RuleId; readonly say: string }
  | { readonly kind: 'escalate'; readonly rule: RuleId; readonly say: string };

/**
 * One counter raised by an allowed action. `amount` is a decimal string; `windowEndMs` is null for
 * counters without a window.
 */
export type Reservation = {
  readonly key: string;
  readonly amount: string;
  readonly windowEndMs: number | null;
};

/** What a decision read of the state, by key. Source: spec/decide.md, section "Read set". */
export type ReadSet = { readonly [key: string]: Json };

/**
 * The answer to one action, made at `at` (ms UTC).
 *
 * `because` holds the rules that decided, in stage order. `charges` names the allow rule charged in
 * each layer. `spends` names the approvals used up, `grants` the claims of single use; it is absent
 * when there are none. `marks` are duplicate keys to remember.
 */
export type Decision = {
  readonly at: number;
  readonly verdict: Verdict;
  readonly because: readonly Finding[];
  readonly charges: readonly RuleId[];
  readonly reserves: readonly Reservation[];
  readonly spends: readonly string[];
  readonly grants?: readonly string[];
  readonly marks: readonly { readonly key: string; readonly untilMs: number }[];
  readonly obligations: readonly Obligation[];
  readonly readSet: ReadSet;
};
