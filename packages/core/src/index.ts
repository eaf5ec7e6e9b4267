export {
  type Ask,
  ASK_BOUNDS,
  type AskState,
  askIdOf,
  askOfApproval,
  type Seat,
  stateAt,
  type VoidReason,
  type Vote,
  type VoteOutcome,
} from './approval/ask.ts';
export {
  type ArgumentSource,
  type AskCase,
  caseOf,
  type ShownFact,
  type Standing,
} from './approval/ask-case.ts';
export { type Difference, type EarlierAction, type Usual, usualOf } from './approval/usual.ts';
export {
  type AskBook,
  emptyBook,
  foldAskEvent,
  foldReading,
  foldVote,
  forgetAsksOf,
  hasRoomFor,
  ownAsk,
  pendingAsks,
  pendingFor,
  restoreBook,
  saveBook,
  type SavedBook,
  type VoteFact,
} from './approval/ask-book.ts';
export {
  isBarred,
  judgeVote,
  type VoteContext,
  type Voter,
  type VoteRefusal,
} from './approval/judge-vote.ts';
export { type ApprovalTerms, NOT_IN_TIME, settle } from './approval/settle.ts';
export { type Approver, isEntitled } from './approval/entitled.ts';
export type { Approval } from './approval/approval.ts';
export { AuditBook, type RunningAudit } from './audit/audit-book.ts';
export {
  commitmentTo,
  type DrawRule,
  type Mac,
  MOST_DRAWN,
  type Raise,
  type StratumCount,
} from './audit/draw.ts';
export {
  type AuditFigures,
  type Estimate,
  figuresOf,
  type StratumFigures,
} from './audit/figures.ts';
export { STRATA, type Stratum } from './audit/interaction.ts';
export {
  type AuditItem,
  type DrawnAudit,
  drawFrom,
  type EndedPeriod,
  type Judgement,
  MOST_SESSIONS,
  openOfDraw,
  type Resolved,
} from './audit/period.ts';
export type { Claim, ClaimMechanism } from './authority/claim.ts';
export { type Delegation, MOST_LINKS } from './authority/delegation.ts';
export { canonical, ordered } from './canonical.ts';
export type { Action } from './decide/action.ts';
export { apply } from './decide/apply.ts';
export type { Attested } from './decide/context.ts';
export { attestedOf, decide, type Proposal } from './decide/decide.ts';
export type { Event, OutcomeStatus } from './decide/event.ts';
export {
  CHAIN_OF,
  ENTRY_KINDS,
  type Entry,
  type EntryKind,
  type Parts,
  type Sealed,
} from './evidence/entry.ts';
export { callOf, eventOf, eventsOf, isSecretOf } from './evidence/event-of.ts';
export { EventReader } from './evidence/event-reader.ts';
export { PactTrial, type TriedDecision } from './evidence/try-pact.ts';
export type { Lent, Opened } from './evidence/verify/agent-check.ts';
export {
  type AnswerKind,
  type AnswerReport,
  ANSWERS,
  type Noted,
} from './evidence/verify/answers.ts';
export type { Gap } from './evidence/verify/continuity.ts';
export {
  type CheckedDraw,
  RecordCheck,
  type RecordCheckOptions,
  type RecordReport,
} from './evidence/verify/record-check.ts';
export { formatEntry } from './evidence/format.ts';
export { parseAnySpelling, parseEntry } from './evidence/parse.ts';
export {
  type Call,
  type CloseReason,
  decisionJson,
  partsOf,
  type PartsContext,
  type RecordedEvent,
} from './evidence/parts.ts';
export {
  findHiddenInstructions,
  type HiddenSign,
  type Sign,
} from './detect/hidden-instructions.ts';
export { resembledName, skeletonOf } from './detect/look-alike.ts';
export {
  explain,
  explainRecorded,
  type Explanation,
  type RuleAbout,
  rulesAbout,
  type Tried,
} from './decide/explain.ts';
export { leafPaths } from './decide/paths.ts';
export { plan } from './decide/plan.ts';
export { recompute, type Recorded } from './decide/recompute.ts';
export { restore, snapshot, type Snapshot } from './decide/snapshot.ts';
export { BOUNDS, gateKey, initialState, type SessionState, type State } from './decide/state.ts';
export { categoryOf, toolOf } from './decide/tools.ts';
export type { GateNote } from './people/gate-notes.ts';
export {
  isInForce,
  keyOfLock,
  type Lock,
  lockEvents,
  type LockNotes,
  type LockOn,
} from './people/lock-notes.ts';
export {
  noPeopleNotes,
  notePeople,
  notePeopleEntry,
  type PeopleNotes,
  restorePeople,
  type Review,
  ROLE_CLAIM,
  savePeople,
  type SavedPeople,
} from './people/people-notes.ts';
export type { RoleClaimKind } from './detect/authority-rules.ts';
export { findRoleClaims, type RoleClaim } from './detect/role-claims.ts';
export { type Due, reviewDue, type UndoingBounds } from './people/undoing.ts';
export type { Fact, FactRequest } from './decide/fact.ts';
export {
  type Decision,
  type Finding,
  type Obligation,
  type ReadSet,
  type Requirement,
  type Reservation,
  type Rewrite,
  type Stage,
  STAGES,
  type Verdict,
  VERDICTS,
  type VerdictKind,
} from './decide/verdict.ts';
export { type Digest, digestJson } from './digest.ts';
export type { Halt, HaltScope, Resume } from './halt/halt.ts';
export { objectiveOf } from './halt/objective.ts';
export { whyNotResume } from './halt/why-not-resume.ts';
export {
  type DefinitionDigests,
  digestsOf,
  readDefinition,
  signsIn,
  type ToolDefinition,
} from './inventory/definition.ts';
export { type AgentAnswer, type AgentFacts, agentQuestions } from './inventory/agent-questions.ts';
export { builtInTools, HOOK_PREFIX, type HookedClient } from './inventory/built-in-tools.ts';
export { type AgentDraft, draftForAgent } from './inventory/draft-agent.ts';
export { judgeTool, type Reversible, type ToolJudgement } from './inventory/judge-tool.ts';
export {
  type KnownUse,
  type OddUse,
  oddUses,
  type ProviderUse,
  readProviderUse,
} from './inventory/provider-uses.ts';
export { type ListedDecision, type MadeCall, unmatchedCalls } from './inventory/unmatched-calls.ts';
export { listedTools, type NoToolList } from './inventory/listed-tools.ts';
export { awayReads } from './inventory/away-reads.ts';
export { usableTools } from './inventory/usable-tools.ts';
export { isJsonObject, type Json, type JsonObject, parsedJson } from './json.ts';
export type {
  AllowRule,
  Budget,
  CheckpointRule,
  CompiledPact,
  Condition,
  DeferRule,
  DrillRule,
  DuplicateRule,
  Effect,
  Evaluated,
  ExcludeRule,
  FactRule,
  FlowRule,
  Layer,
  Limit,
  ModifyRule,
  RewriteStep,
  RuleBase,
  RuleId,
  Scope,
  SourceRule,
  StepUpRule,
  Task,
  TierRule,
  Tool,
  ToolRules,
  Trust,
  Window,
} from './pact/compiled.ts';
export { type CaseReport, type CaseResult, runCases } from './pact/analysis/cases.ts';
export { type BoundRoom, roomLeft } from './decide/room-left.ts';
export { windowText } from './pact/analysis/setting-values.ts';
export type { Change, Example } from './pact/analysis/change.ts';
export { diffPacts, type PactDiff, type TrafficChange } from './pact/analysis/diff.ts';
export type { Trial } from './pact/analysis/trial.ts';
export { canonicalDocument, pactDigest } from './pact/canonical-form.ts';
export { type Diagnostic, formatDiagnostic } from './pact/diagnostic.ts';
export { draftPact } from './pact/draft/draft.ts';
export type {
  DraftCall,
  DraftRequest,
  DraftRun,
  DraftTask,
  DraftTool,
} from './pact/draft/request.ts';
export { explainPact, type Section } from './pact/explain/explain-pact.ts';
export { formatPact, printPact } from './pact/fmt.ts';
export { matchesText, matchesTool } from './pact/glob.ts';
export { nearest } from './pact/suggest.ts';
export { compileCondition } from './pact/expression/condition.ts';
export { parseTree } from './pact/expression/parse.ts';
export { NO_PACT } from './pact/no-pact.ts';
export { parsePact } from './pact/parse.ts';
export { pactStatement } from './pact/statement.ts';
export { loadDocument } from './pact/load-document.ts';
export { type LoadedPact, loadPact } from './pact/load.ts';
export {
  type Entry as SourceEntry,
  type ListNode,
  type MapNode,
  parseSource,
  type ScalarNode,
  type SourceNode,
  toJson,
} from './pact/source.ts';
export type { Permit } from './permit/permit.ts';
export { valuesAt } from './provenance/identifiers.ts';
export type { Content } from './provenance/content.ts';
export { trace } from './provenance/memory.ts';
export { type Place, placesOf } from './provenance/places.ts';
export {
  lostIn,
  noStaging,
  noteStaging,
  phaseOf,
  restoreStaging,
  routeIn,
  saveStaging,
  type SavedStaging,
  type StagingBook,
  type StagingBookPhase,
} from './staging/book.ts';
export {
  judgeChecks,
  judgeStaging,
  type StagingMove,
  type StagingVerdict,
} from './staging/judge.ts';
export {
  isStaged,
  nextPhase,
  type Route,
  routeOf,
  STAGING_CHECKS,
  STAGING_PHASES,
  type StagingCheck,
  type StagingPhase,
  type StagingRule,
} from './staging/rule.ts';
export { parseDuration } from './pact/scalars.ts';
export {
  compensate,
  type Compensation,
  type DoneAction,
  misfilled,
  type WhyNotUndone,
} from './undo/compensate.ts';
export { type Share, wilson } from './wilson.ts';

/** The version of the kernel, as recorded with every decision. */
export const kernelVersion = '0.0.0';
