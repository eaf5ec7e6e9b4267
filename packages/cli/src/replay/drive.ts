import { hash } from 'node:crypto';
import {
  apply,
  canonical,
  decide,
  initialState,
  type Action,
  type CompiledPact,
  type Decision,
  type Digest,
  type Event,
  type JsonObject,
  type State,
  type VerdictKind,
} from '@plumbline/core';

import type { Mapping } from '../manifest/manifest.ts';
import type { Run, Step } from '../readers/run.ts';

/** The session every run is replayed as; each run has a state of its own. */
export const SESSION = 'run';

/** 2024-01-01T00:00:00Z, where a run without times starts. */
export const START_MS = 1_704_067_200_000;

const STEP_MS = 1_000;
// Deeper arguments are refused by the kernel; they are only kept from the digest's recursion.
const MAX_DIGEST_DEPTH = 64;

/** What the kernel answered to one recorded call. */
export type DecidedCall = {
  readonly call: number;
  readonly tool: string;
  readonly args: JsonObject;
  readonly verdict: VerdictKind;
  /** Null when the arguments were no JSON object and the kernel was never asked. */
  readonly decision: Decision | null;
};

/** What came of a replayed run: its calls in order, and the time inside the kernel. */
export type Driven = {
  readonly calls: readonly DecidedCall[];
  readonly kernelMs: number;
  readonly state: State;
};

/** What one step of a replay met; `state` is as it was before the step. */
export type Watch = (seen: {
  readonly step: Step;
  readonly atMs: number;
  readonly state: State;
  readonly action: Action | null;
  readonly answer: DecidedCall | null;
}) => void;

/** Everything one run is replayed with. `task` is null where sessions are opened without one. */
export type Staging = {
  readonly pact: CompiledPact;
  readonly mapping: Mapping;
  readonly task: string | null;
  readonly watch?: Watch;
};

/** A step made ready outside the measured time: its moment, and the action it proposes. */
type Ready = { readonly step: Step; readonly atMs: number; readonly action: Action | null };

/**
 * Replays one run through the kernel as an enforcement point would, with a state of its own.
 *
 * Calls that are refused, stepped up or deferred are not executed: their results are never applied.
 * `kernelMs` spans every `decide` and `apply` of the run.
 * Source: spec/replay-manifest.md, section "How a run is replayed".
 */
export function driveRun(run: Run, staging: Staging): Driven {
  const ready = run.steps.map((step, index) => readyStep(step, START_MS + (index + 1) * STEP_MS));
  const calls: DecidedCall[] = [];
  const startedMs = performance.now();
  let state = open(run, staging, ready[0]?.atMs ?? START_MS);
  for (const each of ready) {
    const { step, atMs, action } = each;
    if (step.kind === 'call') calls[step.call] = decideCall(each, { pact: staging.pact, state });
    const answer = step.kind === 'call' ? (calls[step.call] ?? null) : null;
    staging.watch?.({ step, atMs, state, action, answer });
    const event = eventOf(each, { staging, calls });
    if (event !== null) state = apply(staging.pact, state, event);
  }
  for (const event of unanswered(run, { calls, at: state.now })) {
    state = apply(staging.pact, state, event);
  }
  return { calls, kernelMs: performance.now() - startedMs, state };
}

function readyStep(step: Step, syntheticMs: number): Ready {
  const atMs = step.atMs ?? syntheticMs;
  if (step.kind !== 'call' || step.args === null) return { step, atMs, action: null };
  return { step, atMs, action: new RecordedAction(step.call, step.tool, step.args) };
}

/** A recorded call as an action. Its digest is made when something asks for it: approvals do. */
class RecordedAction implements Action {
  readonly id: string;
  readonly session = SESSION;
  readonly tool: string;
  readonly args: JsonObject;

  constructor(call: number, tool: string, args: JsonObject) {
    this.id = `call-${call}`;
    this.tool = tool;
    this.args = args;
  }

  get digest(): Digest {
    const { tool, args } = this;
    const text = canonical({ tool, args: isShallow(args, MAX_DIGEST_DEPTH) ? args : null });
    return `sha256:${hash('sha256', text)}`;
  }
}

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return left > 0 && Object.values(value).every((member) => isShallow(member, left - 1));
}

function open(run: Run, { pact, mapping, task }: Staging, at: number): State {
  const systemText = run.steps
    .flatMap((step) => (step.kind === 'message' && step.role === 'system' ? [step.text] : []))
    .join('\n');
  const isAttested = mapping.system === 'attested' && systemText !== '';
  const armed = apply(pact, initialState(pact.agent), { kind: 'armed', at, pact: pact.digest });
  return apply(pact, armed, {
    kind: 'session_opened',
    at,
    session: SESSION,
    principal: mapping.principal,
    task,
    room: null,
    attributes: isAttested ? { ...mapping.session, system: systemText } : mapping.session,
    openedBy: `manifest:${mapping.rules.join(',')}`,
  });
}

function decideCall(
  { step, atMs, action }: Ready,
  { pact, state }: { readonly pact: CompiledPact; readonly state: State },
): DecidedCall {
  const { call, tool } = callOf(step);
  if (action === null) return { call, tool, args: {}, verdict: 'deny', decision: null };
  const decision = decide(pact, state, { action, facts: [], now: atMs });
  const { verdict } = decision;
  const args = verdict.kind === 'modify' ? verdict.args : action.args;
  return { call, tool, args, verdict: verdict.kind, decision };
}

function callOf(step: Step): { readonly call: number; readonly tool: string } {
  return step.kind === 'call' ? step : { call: -1, tool: '' };
}

/** Returns whether an enforcement point would let the call out. */
export function isExecuted({ verdict }: DecidedCall): boolean {
  return verdict === 'allow' || verdict === 'modify';
}

function eventOf(
  { step, atMs, action }: Ready,
  { staging, calls }: { readonly staging: Staging; readonly calls: readonly DecidedCall[] },
): Event | null {
  switch (step.kind) {
    case 'message':
      return messageEvent(step, { at: atMs, from: staging.mapping.user });
    case 'call': {
      const decision = calls[step.call]?.decision ?? null;
      if (decision === null || action === null) return null;
      const id = decisionId(step.call);
      return { kind: 'decided', at: atMs, id, action, facts: [], decision };
    }
    case 'result': {
      const answer = calls[step.call];
      if (answer === undefined || !isExecuted(answer)) return null;
      const status = step.isError ? 'error' : 'ok';
      return outcomeEvent(answer, { at: atMs, status, result: step.result });
    }
  }
}

function messageEvent(
  step: Extract<Step, { readonly kind: 'message' }>,
  { at, from }: { readonly at: number; readonly from: 'principal' | 'untrusted' },
): Event | null {
  if (step.role === 'system') return null;
  return { kind: 'message', at, session: SESSION, from, text: step.text };
}

function outcomeEvent(
  { call, tool, args }: DecidedCall,
  { at, status, result }: Pick<Extract<Event, { kind: 'outcome' }>, 'at' | 'status' | 'result'>,
): Event {
  const decision = decisionId(call);
  return {
    kind: 'outcome',
    at,
    decision,
    session: SESSION,
    tool,
    args,
    status,
    result,
    records: null,
  };
}

/** Calls let out of which the record tells nothing more. */
function unanswered(
  run: Run,
  { calls, at }: { readonly calls: readonly DecidedCall[]; readonly at: number },
): readonly Event[] {
  const answered = new Set(
    run.steps.flatMap((step) => (step.kind === 'result' ? [step.call] : [])),
  );
  return calls
    .filter((call) => isExecuted(call) && !answered.has(call.call))
    .map((call) => outcomeEvent(call, { at, status: 'unknown', result: null }));
}

function decisionId(call: number): string {
  return `decision-${call}`;
}
